/** The variables that more than one process reads, declared once, and what every process checks before it listens. */

import { type Config, ConfigError, type Environment, type Fields, readConfig } from './config.ts'
import { boolean, bytes, duration, engine, host, integer, key, oneOf, path, port } from './config-fields.ts'
import { LOG_LEVELS } from './logger.ts'

/** Every shared variable. A process picks the ones it reads: `{ ...pick, POI_PORT: ... }`. */
export const PLATFORM_FIELDS = {
  POI_HOST: host('127.0.0.1', 'The address to listen on. Only a loopback address is accepted while there is no authentication.'),
  POI_PORT: port(4_000, 'The port to listen on; 0 takes a free one.'),
  POI_DATA_DIR: path('.data', 'Where the embedded engines and the cursor key live.'),
  POI_LOG: engine(['sqlite'], 'sqlite:', 'The engine of the log.'),
  POI_RECORDS: engine(['sqlite'], 'sqlite:', 'The engine of latest states and histories.'),
  POI_SEARCH: engine(['sqlite'], 'sqlite:', 'The engine of place, text and counts.'),
  POI_PARTITIONS: integer(6, { min: 1, max: 1_024 }, 'Partitions of every topic; fixed once the topics exist.'),
  POI_CURSOR_KEY: key('Signs cursors and receipts; without it a key is made once in the data directory.'),
  POI_LOG_LEVEL: oneOf(LOG_LEVELS, 'info', 'The least level of log lines.'),
  POI_DRAIN_MS: duration('10s', 'How long an ordered shutdown may take before the process ends anyway.'),
  POI_RETENTION: duration('7d', 'How long the log keeps submissions, processed changes and dead letters.'),
  POI_RETENTION_BYTES: bytes('4GiB', 'How much of each topic and partition the log keeps at most.'),
  POI_IN_FLIGHT_BYTES: bytes('64MiB', 'How many bytes of mutations may be in flight; what would pass it is refused with OVERLOADED.'),
  POI_APPEND_DEADLINE_MS: duration('2s', 'How long a mutation waits for the log before it fails with DEADLINE_EXCEEDED.'),
  POI_HEARTBEAT_MS: duration('10s', 'After how much silence a subscriber of the live stream gets a heartbeat.'),
  POI_INTROSPECTION: boolean(true, 'Whether clients may ask for the schema, and whether the editor is served.'),
} as const satisfies Fields

/** Read by the command line, tests and benchmarks, never by a process that may inherit them. */
const TOOL_VARIABLES = /^POI_(URL|ENGINES|TEST_\w+|BENCH_\w+)$/

/** What belongs to one process alone starts with its name, so that all of them can share one environment. */
const PROCESS_PREFIXES: readonly string[] = ['POI_GATEWAY_', 'POI_INGEST_', 'POI_PIPELINE_', 'POI_STORE_']

/**
 * The configuration of one process: its fields, with every fault at once. Variables of the other processes are let through; any other
 * unknown POI_ variable is a fault, as is an address that others could reach.
 *
 * @throws ConfigError
 */
export function readProcessConfig<F extends Fields>(env: Environment, fields: F): Config<F> {
  const own = Object.keys(fields)
  const foreign = PROCESS_PREFIXES.filter(prefix => !own.some(name => name.startsWith(prefix)))
  const isKnown = (name: string) =>
    Object.hasOwn(PLATFORM_FIELDS, name) || TOOL_VARIABLES.test(name) || foreign.some(prefix => name.startsWith(prefix))
  const config = readConfig(env, fields, isKnown)
  const address = 'POI_HOST' in config ? config['POI_HOST'] : undefined
  if (typeof address === 'string') {
    const refusal = refusalToListen(address)
    if (refusal !== undefined) throw new ConfigError([refusal])
  }
  return config
}

/** Why this build does not listen on an address, in words; undefined when it may. */
export function refusalToListen(address: string): string | undefined {
  const isLoopback = /^(localhost|127(\.\d{1,3}){3}|::1|0:0:0:0:0:0:0:1|::ffff:127(\.\d{1,3}){3})$/i.test(address)
  if (isLoopback) return undefined
  return (
    `POI_HOST: wanted a loopback address (127.0.0.1, ::1, localhost); got ${JSON.stringify(address)}. No authentication is configured, ` +
    'so the platform would answer, and take records from, anyone who can reach that address'
  )
}
