/** The queue of each way of delivery. */
import type { FeedMetrics } from './feed-metrics.ts'
import { LatestQueue } from './subscriber-latest.ts'
import { type Mark, type QueueLimits, type SubscriberQueue, WholeQueue } from './subscriber-queue.ts'
import { Rate } from './subscriber-rate.ts'
import { SamplingQueue } from './subscriber-sampling.ts'

/** How a subscriber wants its events. */
export interface FeedDelivery {
  readonly mode: 'ALL' | 'LATEST_PER_POI'
  /** more than 0; null is unbounded */
  readonly maxPerSecond: number | null
}

/** @param start where the subscription begins; now: ms on the feed's own clock */
export function queueOf(
  { mode, maxPerSecond }: FeedDelivery,
  { limits, start, now, dropped }: { limits: QueueLimits; start: Mark; now: number; dropped: FeedMetrics['dropped'] },
): SubscriberQueue {
  const rate = maxPerSecond === null ? undefined : new Rate(maxPerSecond, now)
  if (mode === 'LATEST_PER_POI') return new LatestQueue(limits, rate, start, changes => dropped('overflow', changes))
  if (rate !== undefined) return new SamplingQueue(limits, rate, start, now, changes => dropped('sampled', changes))
  return new WholeQueue(limits)
}
