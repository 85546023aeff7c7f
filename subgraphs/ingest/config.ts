import type { Config, Environment, Fields } from '#runtime/config.ts'
import { port } from '#runtime/config-fields.ts'
import { PLATFORM_FIELDS, readProcessConfig } from '#runtime/platform-config.ts'

const { POI_HOST, POI_DATA_DIR, POI_LOG, POI_PARTITIONS, POI_CURSOR_KEY, POI_LOG_LEVEL, POI_DRAIN_MS } = PLATFORM_FIELDS
const { POI_RETENTION, POI_RETENTION_BYTES, POI_IN_FLIGHT_BYTES, POI_APPEND_DEADLINE_MS } = PLATFORM_FIELDS

/** What the ingest process reads from its environment. */
export const INGEST_FIELDS = {
  POI_HOST,
  POI_PORT: port(4_001, 'The port of ingest; 0 takes a free one.'),
  POI_DATA_DIR,
  POI_LOG,
  POI_PARTITIONS,
  POI_CURSOR_KEY,
  POI_LOG_LEVEL,
  POI_DRAIN_MS,
  POI_RETENTION,
  POI_RETENTION_BYTES,
  POI_IN_FLIGHT_BYTES,
  POI_APPEND_DEADLINE_MS,
} as const satisfies Fields

/** @throws ConfigError with every fault */
export function readIngestConfig(env: Environment): Config<typeof INGEST_FIELDS> {
  return readProcessConfig(env, INGEST_FIELDS)
}
