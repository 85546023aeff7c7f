import type { QueueLimits } from './subscriber-queue.ts'

export interface FeedLimits {
  /** of recent changes in memory, as they lie in the log */
  readonly ringBytes: number
  /** records per partition read into the ring at the start, so that clients that come back after a restart need not each read the log */
  readonly warmRecords: number
  /** what may wait for one subscriber */
  readonly queue: QueueLimits
  /** ms without taking anything after which a subscriber that is behind has stalled */
  readonly stallMs: number
  /** ms of silence after which a subscriber gets a heartbeat */
  readonly heartbeatMs: number
  /** subscribers that read the log behind the ring at the same time */
  readonly catchUps: number
}

export const FEED_LIMITS: FeedLimits = {
  ringBytes: 8 * 1024 * 1024,
  warmRecords: 1_000,
  queue: { events: 10_000, bytes: 1024 * 1024 },
  stallMs: 2_000,
  heartbeatMs: 10_000,
  catchUps: 8,
}
