/** What the feed tells of itself. */
import { Counter, Gauge, type Registry } from 'prom-client'
import type { Micros } from '#schema/poi.ts'
import { endToEndSeconds } from './end-to-end.ts'
import type { PoiChange } from './feed-event.ts'

/** Why changes were not handed out: the subscriber stalled, asked for fewer, or had too many POIs waiting. */
export type DropPolicy = 'stalled' | 'sampled' | 'overflow'

/** How a subscription ended: by the client, by a cursor the log no longer holds, by the shutdown, by a failure. */
export type EndReason = 'client' | 'expired' | 'shutdown' | 'failed'

export interface FeedMetrics {
  readonly dropped: (policy: DropPolicy, changes: number) => void
  readonly ended: (reason: EndReason) => void
  /** The first subscriber is handed a live change. */
  readonly handed: (change: PoiChange, now: Micros) => void
}

export function createFeedMetrics(
  registry: Registry,
  now: { readonly active: () => number; readonly queued: () => number; readonly ringBytes: () => number },
): FeedMetrics {
  const registers = [registry]
  gauge(
    'poi_feed_subscriptions_active',
    'Subscriptions of the live stream; a gateway shares one among clients that ask for the same.',
    now.active,
  )
  gauge('poi_subscription_queue_depth', 'Changes that wait for their subscribers, all together.', now.queued)
  gauge('poi_feed_ring_bytes', 'Recent changes held in memory.', now.ringBytes)
  const dropped = new Counter({
    name: 'poi_subscription_dropped_total',
    help: 'Matching changes that were not handed out but told by a gap.',
    labelNames: ['policy'],
    registers,
  })
  const terminated = new Counter({
    name: 'poi_subscription_terminated_total',
    help: 'Subscriptions that ended.',
    labelNames: ['reason'],
    registers,
  })
  const toSubscriber = endToEndSeconds(registry).labels({ stage: 'feed' })
  return {
    dropped: (policy, changes) => dropped.inc({ policy }, changes),
    ended: reason => terminated.inc({ reason }),
    handed: (change, at) => toSubscriber.observe(Math.max(0, at - change.poi.processedAt) / 1e6),
  }

  function gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read())
      },
    })
  }
}
