/**
 * ALL with a maximum rate: as many changes as the rate lets through, and right before each a gap that tells of what was left out since the
 * one before. So whatever lies before a cursor was handed out or told, and every cursor handed out is a place to resume from.
 */
import type { PoiChange, StreamEvent } from './feed-event.ts'
import { Fifo, gapBetween, type Mark, type QueueLimits, type SubscriberQueue } from './subscriber-queue.ts'
import type { Rate } from './subscriber-rate.ts'

/** ms without anything handed out after which a gap is told by itself */
const GAP_AFTER = 1_000

export class SamplingQueue implements SubscriberQueue {
  readonly #limits: QueueLimits
  readonly #rate: Rate
  readonly #onDropped: (changes: number) => void
  readonly #waiting = new Fifo<StreamEvent>()
  /** bytes of the changes that wait */
  #bytes = 0
  /** The last change that came by. */
  #seen: Mark
  #skipped = 0
  /** Right before the first that was skipped and not told of. */
  #from: Mark
  /** When a change or a gap got in line. */
  #toldAt: number

  /**
   * @param start where the subscription began
   * @param onDropped told with each gap
   */
  constructor(limits: QueueLimits, rate: Rate, start: Mark, now: number, onDropped: (changes: number) => void) {
    this.#limits = limits
    this.#rate = rate
    this.#onDropped = onDropped
    this.#seen = start
    this.#from = start
    this.#toldAt = now
  }

  get size(): number {
    return this.#waiting.size
  }

  get isEmpty(): boolean {
    return this.size === 0 && this.#skipped === 0
  }

  offer(change: PoiChange, now: number): boolean {
    if (this.#hasRoom(change.bytes) && this.#rate.take(now)) {
      if (this.#skipped > 0) this.#tell()
      this.#waiting.push(change)
      this.#bytes += change.bytes
      this.#toldAt = now
    } else {
      if (this.#skipped === 0) this.#from = this.#seen
      this.#skipped++
    }
    this.#seen = change
    return true
  }

  take(now: number): StreamEvent | undefined {
    if (this.size === 0 && this.#skipped > 0 && now - this.#toldAt >= GAP_AFTER) {
      this.#tell()
      this.#toldAt = now
    }
    const event = this.#waiting.shift()
    if (event?.type === 'change') this.#bytes -= event.bytes
    return event
  }

  dueIn(now: number): number | undefined {
    return this.#skipped > 0 ? Math.max(0, this.#toldAt + GAP_AFTER - now) : undefined
  }

  #hasRoom(bytes: number): boolean {
    return this.size === 0 || (this.size < this.#limits.events && this.#bytes + bytes <= this.#limits.bytes)
  }

  #tell(): void {
    this.#waiting.push(gapBetween(this.#from, this.#seen, this.#skipped))
    this.#onDropped(this.#skipped)
    this.#skipped = 0
  }
}
