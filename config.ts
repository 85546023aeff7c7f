/** What the embedded platform reads from its environment and its command line. */
import { parseArgs } from 'node:util'
import type { Config, Environment } from '#runtime/config.ts'
import { printFields } from '#runtime/help.ts'
import { PLATFORM_FIELDS, readProcessConfig } from '#runtime/platform-config.ts'
import { FEED_FIELDS } from './subgraphs/pipeline/config.ts'

const EMBEDDED_FIELDS = { ...PLATFORM_FIELDS, ...FEED_FIELDS }

/** @throws ConfigError with every fault */
export function readPlatformConfig(env: Environment): Config<typeof EMBEDDED_FIELDS> {
  return readProcessConfig(env, EMBEDDED_FIELDS)
}

const USAGE = `npm start [-- --no-demo]

Starts the whole platform in one process and keeps serving until Ctrl-C.

  --no-demo   leaves the data directory as it is: no airports are imported into an empty one, and none of them is changed
  --help      prints this

Environment:`

export interface CommandLine {
  readonly isDemoWanted: boolean
}

/** Reads the flags; prints the usage and ends the process for `--help` (code 0) and for a flag that does not exist (code 2). */
export function readCommandLine(args: readonly string[]): CommandLine {
  const options = { demo: { type: 'boolean', default: true }, help: { type: 'boolean', short: 'h', default: false } } as const
  try {
    const { values } = parseArgs({ args: [...args], options, allowNegative: true })
    if (!values.help) return { isDemoWanted: values.demo }
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\nnpm start -- --help lists what there is.`)
    process.exit(2)
  }
  console.log(USAGE)
  printFields(EMBEDDED_FIELDS)
  process.exit(0)
}
