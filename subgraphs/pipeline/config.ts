import type { Config, Environment, Fields } from '#runtime/config.ts'
import { bytes, duration, integer, port } from '#runtime/config-fields.ts'
import { PLATFORM_FIELDS, readProcessConfig } from '#runtime/platform-config.ts'
import type { FeedLimits } from './feed-limits.ts'

const { POI_HOST, POI_DATA_DIR, POI_LOG, POI_PARTITIONS, POI_CURSOR_KEY, POI_LOG_LEVEL, POI_DRAIN_MS } = PLATFORM_FIELDS
const { POI_RETENTION, POI_RETENTION_BYTES, POI_HEARTBEAT_MS } = PLATFORM_FIELDS

/** What the live stream reads, in whichever process it runs. */
export const FEED_FIELDS = {
  POI_HEARTBEAT_MS,
  POI_PIPELINE_RING_BYTES: bytes('8MiB', 'How much of the newest changes is kept in memory for subscribers that resume or fall behind.'),
  POI_PIPELINE_QUEUE_EVENTS: integer(10_000, { min: 1, max: 1_000_000 }, 'How many events may wait for one subscriber.'),
  POI_PIPELINE_QUEUE_BYTES: bytes('1MiB', 'How many bytes of events may wait for one subscriber.'),
  POI_PIPELINE_STALL_MS: duration('2s', 'After how long without taking an event a subscriber whose queue is full has stalled.'),
  POI_PIPELINE_CATCH_UPS: integer(8, { min: 1, max: 1_000 }, 'How many subscribers may read old changes from the log at the same time.'),
} as const satisfies Fields

/** What the pipeline process reads from its environment. */
export const PIPELINE_FIELDS = {
  POI_HOST,
  POI_PORT: port(4_002, 'The port of the pipeline; 0 takes a free one.'),
  POI_DATA_DIR,
  POI_LOG,
  POI_PARTITIONS,
  POI_CURSOR_KEY,
  POI_LOG_LEVEL,
  POI_DRAIN_MS,
  POI_RETENTION,
  POI_RETENTION_BYTES,
  ...FEED_FIELDS,
} as const satisfies Fields

/** @throws ConfigError with every fault */
export function readPipelineConfig(env: Environment): Config<typeof PIPELINE_FIELDS> {
  return readProcessConfig(env, PIPELINE_FIELDS)
}

export function feedLimitsOf(config: Config<typeof FEED_FIELDS>): Partial<FeedLimits> {
  return {
    ringBytes: config.POI_PIPELINE_RING_BYTES,
    queue: { events: config.POI_PIPELINE_QUEUE_EVENTS, bytes: config.POI_PIPELINE_QUEUE_BYTES },
    stallMs: config.POI_PIPELINE_STALL_MS,
    heartbeatMs: config.POI_HEARTBEAT_MS,
    catchUps: config.POI_PIPELINE_CATCH_UPS,
  }
}
