/** Follows the log of processed changes into the ring, and offers each change to the live subscribers whose filter it passes. */
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises'
import { type Batch, LogError, type Positions, type Tail } from '#log/log.ts'
import type { Logger } from '#runtime/logger.ts'
import { furthest } from './feed-positions.ts'
import type { FilterIndex } from './filter-index.ts'
import type { Ring } from './ring.ts'
import type { Subscriber } from './subscriber.ts'

/** Offers after which others get their turn. */
const OFFERS_PER_TURN = 4_000
/** ms; the first doubles with each failure up to the other */
const BACKOFF = { first: 50, longest: 5_000 }

export interface Following {
  readonly tail: Tail
  readonly topic: string
  /** Throws while the log does not answer. */
  readonly probe: () => Promise<unknown>
  readonly ring: Ring
  /** The live subscribers, and those that are to be told how much they miss. */
  readonly live: FilterIndex<Subscriber>
  readonly elapsed: () => number
  readonly logger: Logger
  readonly signal: AbortSignal
  /** The log fails, and is tried again; undefined once it answers. */
  readonly onTrouble: (failure: unknown) => void
  /** Retention overtook the stream: nobody can be told what lies before these positions any more. */
  readonly onOvertaken: (failure: LogError, earliest: Positions) => void
}

/** Resolves when the signal aborts or the log is closed. */
export async function follow({
  tail,
  topic,
  probe,
  ring,
  live,
  elapsed,
  logger,
  signal,
  onTrouble,
  onOvertaken,
}: Following): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    try {
      if (failures > 0) {
        await probe()
        onTrouble(undefined)
      }
      for await (const batch of tail.read({ topic, from: ring.head, signal })) {
        failures = 0
        await take(batch)
      }
      if (!signal.aborted) throw new LogError('CLOSED', 'The log was closed under the feed.')
    } catch (failure) {
      onTrouble(failure)
      if (failure instanceof LogError && failure.code === 'CLOSED') return
      if (failure instanceof LogError && failure.code === 'POSITION_EXPIRED' && failure.earliest !== undefined) {
        logger.error({ err: failure }, 'Retention overtook the live stream; it goes on from the oldest change still held')
        onOvertaken(failure, failure.earliest)
        ring.reset(furthest(ring.head, failure.earliest))
      } else {
        logger.warn({ err: failure, failures }, 'The log of processed changes cannot be followed; trying again')
        await sleep(Math.min(BACKOFF.longest, BACKOFF.first * 2 ** failures), undefined, { signal }).catch(() => {})
      }
      failures++
    }
  }

  async function take(batch: Batch): Promise<void> {
    if (live.size === 0) return ring.append(batch)
    let offers = 0
    for (const change of ring.publish(batch)) {
      const now = elapsed()
      live.match(change.poi, subscriber => {
        offers++
        subscriber.offer(change, now)
      })
      if (offers < OFFERS_PER_TURN) continue
      offers = 0
      await nextTurn()
    }
  }
}
