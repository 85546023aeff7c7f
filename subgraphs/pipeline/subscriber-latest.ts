/** LATEST_PER_POI: of each POI the newest change waits, where it came in the stream; an older one that still waits is replaced by it. */
import type { PoiChange, StreamEvent } from './feed-event.ts'
import { gapBetween, type Mark, type QueueLimits, type SubscriberQueue } from './subscriber-queue.ts'
import type { Rate } from './subscriber-rate.ts'

/**
 * The map is in the order of the stream, because a replaced change is taken out before the newer one is put in: everything before the one
 * handed out was handed out or is known to have a newer one behind it, so every cursor handed out is a place to resume from.
 */
export class LatestQueue implements SubscriberQueue {
  readonly #limits: QueueLimits
  readonly #rate: Rate | undefined
  readonly #onDropped: (changes: number) => void
  readonly #waiting = new Map<string, PoiChange>()
  #bytes = 0
  /** One walk through the map, kept: a new one would step over everything removed at its beginning each time. */
  #walk: Iterator<PoiChange> = this.#waiting.values()
  #ahead: PoiChange | undefined
  #handed: Mark
  #dropped = 0
  #lastDropped: Mark

  /**
   * @param start where the subscription began
   * @param onDropped told with each gap
   */
  constructor(limits: QueueLimits, rate: Rate | undefined, start: Mark, onDropped: (changes: number) => void) {
    this.#limits = limits
    this.#rate = rate
    this.#onDropped = onDropped
    this.#handed = start
    this.#lastDropped = start
  }

  get size(): number {
    return this.#waiting.size
  }

  get isEmpty(): boolean {
    return this.size === 0 && this.#dropped === 0
  }

  offer(change: PoiChange): boolean {
    const { id } = change.poi
    const older = this.#waiting.get(id)
    if (older !== undefined) this.#remove(older)
    this.#waiting.set(id, change)
    this.#bytes += change.bytes
    // The oldest goes: what is left is the newest that is known.
    while (this.size > 1 && (this.size > this.#limits.events || this.#bytes > this.#limits.bytes)) {
      const oldest = this.#oldest()
      if (oldest === undefined) break
      this.#remove(oldest)
      this.#lastDropped = oldest
      this.#dropped++
    }
    return true
  }

  take(now: number): StreamEvent | undefined {
    const oldest = this.#oldest()
    if (oldest === undefined || (this.#rate?.dueIn(now) ?? 0) > 0) return undefined
    if (this.#dropped > 0) {
      const gap = gapBetween(this.#handed, this.#lastDropped, this.#dropped)
      this.#onDropped(this.#dropped)
      this.#dropped = 0
      this.#handed = gap
      return gap
    }
    this.#rate?.take(now)
    this.#remove(oldest)
    this.#handed = oldest
    return oldest
  }

  dueIn(now: number): number | undefined {
    return this.size === 0 ? undefined : (this.#rate?.dueIn(now) ?? 0)
  }

  #oldest(): PoiChange | undefined {
    while (this.size > 0) {
      if (this.#ahead !== undefined && this.#waiting.get(this.#ahead.poi.id) === this.#ahead) return this.#ahead
      const step = this.#walk.next()
      // A walk that came to the end stays there.
      if (step.done === true) this.#walk = this.#waiting.values()
      else this.#ahead = step.value
    }
    this.#ahead = undefined
    return undefined
  }

  #remove(change: PoiChange): void {
    this.#waiting.delete(change.poi.id)
    this.#bytes -= change.bytes
  }
}
