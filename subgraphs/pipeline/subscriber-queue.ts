/** What waits for a subscriber, and what becomes of it when there is more than it takes: the queue of each way of delivery. */
import type { PoiChange, StreamEvent, StreamGap } from './feed-event.ts'

/** Times are ms on a clock that never jumps. */
export interface SubscriberQueue {
  /** Takes a change in; false refuses it for want of room, and nothing has changed. */
  offer(change: PoiChange, now: number): boolean
  /** What may be handed out now, in the order of the stream. */
  take(now: number): StreamEvent | undefined
  /** ms until `take` may give something without another offer; undefined when it will not */
  dueIn(now: number): number | undefined
  /** Nothing waits, and nothing dropped waits to be told. */
  readonly isEmpty: boolean
  readonly size: number
}

export interface QueueLimits {
  readonly events: number
  /** of encoded records */
  readonly bytes: number
}

/** Something in the stream with the position after it. */
export interface Mark {
  readonly cursor: string
}

/** Where a gap lies, before its cursors are made. */
export function gapBetween(from: Mark, to: Mark, dropped: number): StreamGap {
  return { type: 'gap', cursor: to.cursor, dropped, from: from.cursor, to: to.cursor }
}

/** Every change, in order. When it is full it refuses, and the subscriber reads on behind it. */
export class WholeQueue implements SubscriberQueue {
  readonly #limits: QueueLimits
  readonly #waiting = new Fifo<PoiChange>()
  #bytes = 0

  constructor(limits: QueueLimits) {
    this.#limits = limits
  }

  get size(): number {
    return this.#waiting.size
  }

  get isEmpty(): boolean {
    return this.size === 0
  }

  offer(change: PoiChange): boolean {
    // One change always has room, however large it is.
    if (this.size > 0 && (this.size >= this.#limits.events || this.#bytes + change.bytes > this.#limits.bytes)) return false
    this.#waiting.push(change)
    this.#bytes += change.bytes
    return true
  }

  take(): PoiChange | undefined {
    const change = this.#waiting.shift()
    if (change !== undefined) this.#bytes -= change.bytes
    return change
  }

  dueIn(): undefined {
    return undefined
  }
}

/** First in, first out, without moving the rest at each `shift`. */
export class Fifo<T> {
  #items: (T | undefined)[] = []
  #first = 0

  get size(): number {
    return this.#items.length - this.#first
  }

  push(item: T): void {
    this.#items.push(item)
  }

  shift(): T | undefined {
    const item = this.#items[this.#first]
    if (this.#first === this.#items.length) return undefined
    this.#items[this.#first++] = undefined // or it would live on until the next compaction
    if (this.#first === this.#items.length) {
      this.#items = []
      this.#first = 0
    } else if (this.#first >= 512 && this.#first * 2 >= this.#items.length) {
      this.#items = this.#items.slice(this.#first)
      this.#first = 0
    }
    return item
  }
}
