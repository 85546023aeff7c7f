import type { Config, Environment, Fields } from '#runtime/config.ts'
import { port } from '#runtime/config-fields.ts'
import { PLATFORM_FIELDS, readProcessConfig } from '#runtime/platform-config.ts'

const { POI_HOST, POI_DATA_DIR, POI_LOG, POI_RECORDS, POI_SEARCH, POI_PARTITIONS } = PLATFORM_FIELDS
const { POI_CURSOR_KEY, POI_LOG_LEVEL, POI_DRAIN_MS, POI_RETENTION, POI_RETENTION_BYTES } = PLATFORM_FIELDS

/** What the store process reads from its environment. */
export const STORE_FIELDS = {
  POI_HOST,
  POI_PORT: port(4_003, 'The port of the store; 0 takes a free one.'),
  POI_DATA_DIR,
  POI_LOG,
  POI_RECORDS,
  POI_SEARCH,
  POI_PARTITIONS,
  POI_CURSOR_KEY,
  POI_LOG_LEVEL,
  POI_DRAIN_MS,
  POI_RETENTION,
  POI_RETENTION_BYTES,
} as const satisfies Fields

/** @throws ConfigError with every fault */
export function readStoreConfig(env: Environment): Config<typeof STORE_FIELDS> {
  return readProcessConfig(env, STORE_FIELDS)
}
