/**
 * The feed: the log of processed changes as a live stream for any number of subscribers. One reader of the log, one decoding of a change,
 * one search through the filters; what waits is bounded per subscriber, and nothing is lost without being told.
 */
import type { Registry } from 'prom-client'
import type { Log, LogRecord, Positions } from '#log/log.ts'
import { LogError } from '#log/log.ts'
import { PoiError } from '#runtime/errors.ts'
import type { Logger } from '#runtime/logger.ts'
import { encodeCursor } from '#schema/cursor.ts'
import type { Micros } from '#schema/poi.ts'
import { decodeProcessed } from '#schema/poi-codec.ts'
import type { PoiFilter } from '#schema/poi-filter.ts'
import { TOPICS } from '#schema/topics.ts'
import { systemFault } from '../log-failure.ts'
import { CatchUp } from './catch-up.ts'
import { cursorExpired, positionsOfCursor } from './feed-cursor.ts'
import { type FeedDelivery, queueOf } from './feed-delivery.ts'
import { PoiChange, type StreamEvent } from './feed-event.ts'
import { follow } from './feed-follow.ts'
import { FEED_LIMITS, type FeedLimits } from './feed-limits.ts'
import { createFeedMetrics, type EndReason } from './feed-metrics.ts'
import { furthest, reaches } from './feed-positions.ts'
import { FilterIndex } from './filter-index.ts'
import { Ring } from './ring.ts'
import { type Stream, Subscriber } from './subscriber.ts'

export interface FeedOptions {
  /** with the topics of schema/topics.ts in place */
  readonly log: Log
  readonly partitions: number
  /** signs cursors */
  readonly cursorKey: Uint8Array
  readonly registry: Registry
  readonly logger: Logger
  readonly clock: () => Micros
  /** ms on a clock that never jumps */
  readonly elapsed?: (() => number) | undefined
  readonly limits?: Partial<FeedLimits> | undefined
}

export interface FeedRequest {
  readonly filter: PoiFilter
  /** a cursor; null begins now */
  readonly after: string | null
  readonly delivery: FeedDelivery
  /** Ends the subscription quietly. */
  readonly signal?: AbortSignal | undefined
}

export interface Feed extends AsyncDisposable {
  /**
   * Resolves once the subscription stands: nothing processed from then on is missed. The iterator throws a PoiError when the stream ends
   * before the subscriber does: CURSOR_EXPIRED when retention overtook it, SHUTTING_DOWN with the `cursor` to go on from.
   * @throws PoiError CURSOR_INVALID, CURSOR_EXPIRED (with `oldestCursor`), SHUTTING_DOWN, BROKER_UNAVAILABLE
   */
  subscribe(request: FeedRequest): Promise<AsyncIterableIterator<StreamEvent, undefined>>
  readonly subscribers: number
  /** after the newest change that was read */
  readonly headCursor: string
  /** Why the log cannot be followed at the moment; undefined when it can. */
  readonly trouble: unknown
}

/** ms between looks for silent subscribers, at most */
const TICK_MS = 250

/** Begins to follow the log. @throws LogError when it cannot be read at all */
export async function openFeed(options: FeedOptions): Promise<Feed> {
  const { log, partitions, cursorKey, registry, logger, clock, elapsed = () => performance.now() } = options
  const limits = { ...FEED_LIMITS, ...options.limits }
  const topic = TOPICS.processed
  const held = () => log.topics.positions(topic)
  const { earliest, latest: opened } = await held()

  const sign = (positions: Positions) => encodeCursor(positions, cursorKey)
  const start = opened.map((end, partition) => Math.max(earliest[partition] ?? 0, end - limits.warmRecords))
  const ring = new Ring({ maxBytes: limits.ringBytes, at: start, decode })
  const live = new FilterIndex<Subscriber>()
  const subscribers = new Set<Subscriber>()
  const metrics = createFeedMetrics(registry, {
    active: () => subscribers.size,
    queued: () => subscribers.values().reduce((sum, subscriber) => sum + subscriber.queued, 0),
    ringBytes: () => ring.bytes,
  })
  const closing = new AbortController()
  let trouble: unknown
  let ticker: NodeJS.Timeout | undefined
  let head = { positions: start as Positions, cursor: sign(start) }

  const stream: Stream = {
    ring,
    catchUp: new CatchUp({ tail: log.tail, topic, decode, turns: limits.catchUps }),
    sign,
    headCursor,
    clock,
    elapsed,
    stallMs: limits.stallMs,
    heartbeatMs: limits.heartbeatMs,
    join: subscriber => live.add(subscriber),
    onHanded: change => metrics.handed(change, clock()),
    onDropped: changes => metrics.dropped('stalled', changes),
    onEnd: forget,
    errorOf: (failure, at) =>
      failure instanceof LogError && failure.code === 'POSITION_EXPIRED'
        ? cursorExpired(at, failure.earliest ?? at, sign, failure)
        : systemFault(failure),
  }
  const following = follow({
    ...{ tail: log.tail, topic, probe: held, ring, live, elapsed, logger, signal: closing.signal },
    onTrouble: failure => {
      trouble = failure
    },
    onOvertaken: (failure, earliest) => {
      for (const subscriber of subscribers) subscriber.overtaken(earliest, failure)
    },
  })

  return {
    get subscribers() {
      return subscribers.size
    },
    get headCursor() {
      return headCursor()
    },
    get trouble() {
      return trouble
    },
    async subscribe({ filter, after, delivery, signal }) {
      const from =
        after === null
          ? undefined
          : await positionsOfCursor(after, {
              key: cursorKey,
              partitions,
              held,
              sign,
              isHeld: at => ring.covers(at) && reaches(ring.head, at),
            })
      if (closing.signal.aborted) throw shuttingDown(after ?? undefined)
      // "Now" is the end of the log as it was opened until the ring, which begins before that, has come so far.
      const at = from ?? furthest(ring.head, opened)
      const queue = queueOf(delivery, {
        limits: limits.queue,
        start: { cursor: after ?? sign(at) },
        now: elapsed(),
        dropped: metrics.dropped,
      })
      const subscriber = new Subscriber(stream, { filter, queue, start: at, greet: after === null })
      subscribers.add(subscriber)
      ticker ??= setInterval(tick, Math.min(TICK_MS, limits.heartbeatMs)).unref()
      if (signal !== undefined) {
        if (signal.aborted) subscriber.end()
        signal.addEventListener('abort', () => subscriber.end(), { once: true, signal: subscriber.ended })
      }
      return subscriber
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      for (const subscriber of subscribers) subscriber.end(shuttingDown(subscriber.cursor))
      await following
    },
  }

  function headCursor(): string {
    if (ring.head !== head.positions) head = { positions: ring.head, cursor: sign(ring.head) }
    return head.cursor
  }

  function tick(): void {
    const now = elapsed()
    for (const subscriber of subscribers) subscriber.tick(now)
  }

  function forget(subscriber: Subscriber, error: unknown): void {
    subscribers.delete(subscriber)
    live.delete(subscriber)
    metrics.ended(reasonOf(error))
    if (subscribers.size > 0) return
    clearInterval(ticker)
    ticker = undefined
  }

  function decode(record: LogRecord, partition: number, before: Positions): PoiChange | null {
    try {
      const entry = decodeProcessed(record.value)
      if (entry.type === 'progress') return null
      return new PoiChange(entry.poi, { partition, offset: record.offset, bytes: record.value.length }, before, sign)
    } catch (err) {
      // One record that nobody can read must not end the stream for everybody.
      logger.error({ err, partition, offset: record.offset }, 'A processed record cannot be read; it is left out of the live stream')
      return null
    }
  }
}

function shuttingDown(cursor: string | undefined): PoiError {
  return new PoiError('SHUTTING_DOWN', 'The platform is shutting down; subscribe again after extensions.cursor.', { details: { cursor } })
}

function reasonOf(error: unknown): EndReason {
  if (error === undefined) return 'client'
  if (error instanceof PoiError && error.code === 'CURSOR_EXPIRED') return 'expired'
  return error instanceof PoiError && error.code === 'SHUTTING_DOWN' ? 'shutdown' : 'failed'
}
