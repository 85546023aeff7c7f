/**
 * One subscriber: an async iterator over its part of the stream.
 *
 * `live`: the feed offers it every change that passes its filter; what it does not take at once waits in its queue.
 * `behind`: it reads on by itself, from the ring or from the log behind the ring, at its own pace, until it has come to the head of the
 * stream and is live. It begins so when it resumes, and gets so when its queue is full; the feed then only counts what it misses.
 *
 * Who is behind and yet takes nothing for `stallMs` has stalled: what it missed is dropped and told by one gap behind what waits in its
 * queue, and it goes on live. Whatever it does, it holds no more than its queue.
 */
import type { Positions } from '#log/log.ts'
import type { Micros } from '#schema/poi.ts'
import { matches, type PoiFilter } from '#schema/poi-filter.ts'
import type { CatchUp } from './catch-up.ts'
import type { PoiChange, Sign, StreamEvent } from './feed-event.ts'
import { furthest, reaches } from './feed-positions.ts'
import type { Ring } from './ring.ts'
import type { SubscriberQueue } from './subscriber-queue.ts'

/** The stream that a subscriber is part of. */
export interface Stream {
  readonly ring: Ring
  readonly catchUp: CatchUp
  readonly sign: Sign
  /** of the head of the ring, made once for all */
  readonly headCursor: () => string
  readonly clock: () => Micros
  /** ms on a clock that never jumps */
  readonly elapsed: () => number
  readonly stallMs: number
  readonly heartbeatMs: number
  /** The subscriber is live or counts: from now on it is offered what passes its filter. */
  readonly join: (subscriber: Subscriber) => void
  /** A live change is handed to the first of its subscribers. */
  readonly onHanded: (change: PoiChange) => void
  readonly onDropped: (changes: number) => void
  /** The subscriber is gone: by itself, or with an error. */
  readonly onEnd: (subscriber: Subscriber, error: unknown) => void
  /** What a failure of the log means to a subscriber that has read up to these positions. */
  readonly errorOf: (failure: unknown, at: Positions) => unknown
}

/** Records looked at in the ring before others get their turn. */
const RING_STEP = 512

export class Subscriber implements AsyncIterableIterator<StreamEvent, undefined> {
  readonly filter: PoiFilter
  readonly #stream: Stream
  readonly #queue: SubscriberQueue
  readonly #closing = new AbortController()
  #isLive = false
  #isJoined = false
  #isReading = false
  #hasStalled = false
  /** Everything before was offered to the queue or passed over; meant while it is behind. */
  #at: Positions
  /** Live, but the stream has not come so far in every partition yet. */
  #floor: Positions | undefined
  /** The last change that the queue took in. */
  #newest: PoiChange | undefined
  /** The cursor of the last event handed out, or where it began. */
  #handed: { readonly cursor: string }
  /** Changes the feed would have offered while it is behind. */
  #missed = 0
  #handedAt: number
  #behindSince: number
  #waiting: PromiseWithResolvers<IteratorResult<StreamEvent, undefined>> | undefined
  #timer: NodeJS.Timeout | undefined
  #ended: { error: unknown } | undefined

  /** @param greet hand out a heartbeat at once, so that a new subscriber has a place to resume from before the first change */
  constructor(stream: Stream, options: { filter: PoiFilter; queue: SubscriberQueue; start: Positions; greet: boolean }) {
    this.filter = options.filter
    this.#stream = stream
    this.#queue = options.queue
    this.#at = options.start
    this.#handed = startOf(options.start, stream.sign)
    this.#behindSince = stream.elapsed()
    this.#handedAt = options.greet ? Number.NEGATIVE_INFINITY : this.#behindSince
    // Whoever resumes close to the head is live at once, even if it takes nothing for a while.
    if (stream.ring.covers(this.#at)) this.#readRing(RING_STEP)
  }

  get queued(): number {
    return this.#queue.size
  }

  /** A change that passes the filter, from the feed, in the order of the stream. */
  offer(change: PoiChange, now: number): void {
    let own = change
    if (this.#floor !== undefined) {
      if (change.offset < (this.#floor[change.partition] ?? 0)) return
      if (change.isPast(this.#floor)) this.#floor = undefined
      else own = change.above(this.#floor)
    }
    if (!this.#isLive) {
      this.#missed++
    } else if (this.#queue.offer(own, now)) {
      this.#newest = own
      if (this.#waiting !== undefined) this.#wake(now)
    } else {
      this.#isLive = false
      this.#at = this.#newest?.after ?? this.#at
      this.#missed = 1
      this.#behindSince = now
    }
  }

  next(): Promise<IteratorResult<StreamEvent, undefined>> {
    if (this.#waiting !== undefined) return this.#waiting.promise.then(() => this.next())
    if (this.#ended !== undefined) return this.#endResult()
    const now = this.#stream.elapsed()
    const idleSince = Math.max(this.#handedAt, this.#behindSince)
    // Not in the middle of a reading: what it brings belongs before the gap.
    if (!this.#isLive && this.#isJoined && !this.#isReading && now - idleSince >= this.#stream.stallMs) this.#hasStalled = true
    const event = this.#take(now)
    if (event !== undefined) return Promise.resolve({ value: event, done: false })

    this.#waiting = Promise.withResolvers()
    const { promise } = this.#waiting
    if (this.#isLive) this.#wakeWhenDue(now)
    else void this.#readOn()
    return promise
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    this.end()
    return { value: undefined, done: true }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.end()
  }

  /** Ends it now: quietly, or with what `next` is to throw. What waits in the queue is let go; it comes again after the last cursor. */
  end(error?: unknown): void {
    if (this.#ended !== undefined) return
    this.#ended = { error }
    this.#closing.abort()
    clearTimeout(this.#timer)
    this.#stream.onEnd(this, error)
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting !== undefined) this.#endResult().then(waiting.resolve, waiting.reject)
  }

  /** Aborts when it ends, in whatever way. */
  get ended(): AbortSignal {
    return this.#closing.signal
  }

  /** The log no longer holds all that lies before these positions: whoever has not come so far has lost something. */
  overtaken(earliest: Positions, failure: unknown): void {
    const at = this.#isLive ? furthest(this.#stream.ring.head, this.#at) : this.#at
    if (!reaches(at, earliest)) this.end(this.#stream.errorOf(failure, at))
  }

  /** Where to resume from: after everything that it was handed, and after everything that was passed over since. */
  get cursor(): string {
    if (!this.#queue.isEmpty || this.#hasStalled) return this.#handed.cursor
    if (!this.#isLive) return this.#stream.sign(this.#at)
    return this.#floor === undefined ? this.#stream.headCursor() : this.#stream.sign(furthest(this.#stream.ring.head, this.#floor))
  }

  /** Looks, now and then, whether it has been silent for too long. */
  tick(now: number): void {
    if (this.#waiting === undefined || this.#wake(now)) return
    if (now - this.#handedAt >= this.#stream.heartbeatMs) this.#resolve(this.#heartbeat(now))
  }

  #take(now: number): StreamEvent | undefined {
    // The greeting comes before anything else.
    if (this.#handedAt === Number.NEGATIVE_INFINITY) return this.#heartbeat(now)
    const event = this.#queue.take(now) ?? this.#gapOfStall()
    if (event === undefined) return undefined
    this.#handedAt = now
    this.#handed = event
    if (this.#isLive && event.type === 'change' && !event.isHanded) {
      event.isHanded = true
      this.#stream.onHanded(event)
    }
    return event
  }

  #heartbeat(now: number): StreamEvent {
    const { cursor } = this
    this.#handedAt = now
    this.#handed = { cursor }
    return { type: 'heartbeat', cursor, at: this.#stream.clock() }
  }

  #gapOfStall(): StreamEvent | undefined {
    if (!this.#hasStalled) return undefined
    const from = this.#stream.sign(this.#at)
    const dropped = this.#missed
    this.#at = furthest(this.#stream.ring.head, this.#at)
    this.#goLive()
    if (dropped === 0) return undefined
    this.#stream.onDropped(dropped)
    const to = this.#stream.sign(this.#at)
    return { type: 'gap', cursor: to, dropped, from, to }
  }

  #goLive(): void {
    this.#isLive = true
    this.#hasStalled = false
    this.#missed = 0
    this.#newest = undefined
    this.#floor = reaches(this.#stream.ring.head, this.#at) ? undefined : this.#at
    if (this.#isJoined) return
    this.#isJoined = true
    this.#stream.join(this)
  }

  /** Reads on while it is behind and `next` waits. Only one reading at a time: a heartbeat may be handed out in the middle of it. */
  async #readOn(): Promise<void> {
    if (this.#isReading) return
    this.#isReading = true
    try {
      while (this.#waiting !== undefined && !this.#isLive && this.#ended === undefined) {
        if (this.#stream.ring.covers(this.#at)) this.#readRing(RING_STEP)
        else {
          this.#at = await this.#stream.catchUp.turn({
            from: this.#at,
            to: () => this.#stream.ring.head,
            visit: change => {
              if (!this.#read(change)) return false
              this.#at = change.after // it may be handed out before the turn ends
              return true
            },
            signal: this.#closing.signal,
          })
        }
        if (this.#waiting === undefined) return
        const now = this.#stream.elapsed()
        if (this.#wake(now)) return
        if (now - this.#handedAt >= this.#stream.heartbeatMs) return this.#resolve(this.#heartbeat(now))
        if (!this.#isLive) await new Promise(setImmediate)
      }
      if (this.#waiting !== undefined) this.#wakeWhenDue(this.#stream.elapsed())
    } catch (failure) {
      this.end(this.#stream.errorOf(failure, this.#at))
    } finally {
      this.#isReading = false
    }
  }

  #readRing(most: number): void {
    const floor = this.#at
    const visit = (change: PoiChange): boolean => this.#read(change.isPast(floor) ? change : change.above(floor))
    const { at, atHead } = this.#stream.ring.readOn(this.#at, visit, most)
    this.#at = at
    if (atHead) this.#goLive()
  }

  #read(change: PoiChange): boolean {
    if (!matches(this.filter, change.poi)) return true
    if (!this.#queue.offer(change, this.#stream.elapsed())) return false
    if (this.#isJoined) this.#missed--
    return true
  }

  /** @returns whether there was something to hand to the waiting `next` */
  #wake(now: number): boolean {
    const event = this.#take(now)
    if (event === undefined) this.#wakeWhenDue(now)
    else this.#resolve(event)
    return event !== undefined
  }

  #wakeWhenDue(now: number): void {
    const due = this.#queue.dueIn(now)
    clearTimeout(this.#timer)
    if (due !== undefined) this.#timer = setTimeout(() => this.#waiting !== undefined && this.#wake(this.#stream.elapsed()), due + 1)
  }

  #resolve(event: StreamEvent): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    waiting?.resolve({ value: event, done: false })
  }

  #endResult(): Promise<IteratorReturnResult<undefined>> {
    const error = this.#ended?.error
    if (error === undefined) return Promise.resolve({ value: undefined, done: true })
    this.#ended = { error: undefined } // thrown once
    return Promise.reject(error)
  }
}

/** The cursor of where it began, made only when it is needed. */
function startOf(positions: Positions, sign: Sign): { readonly cursor: string } {
  return {
    get cursor() {
      return sign(positions)
    },
  }
}
