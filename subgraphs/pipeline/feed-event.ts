/** What a subscriber is handed. */
import type { Positions } from '#log/log.ts'
import type { Micros, ProcessedPoi } from '#schema/poi.ts'
import { furthest, moved, reaches } from './feed-positions.ts'

/** Makes the cursor of positions. */
export type Sign = (positions: Positions) => string

/** Every event carries the cursor after it: resuming there loses nothing and repeats nothing. */
export type StreamEvent = PoiChange | StreamGap | StreamHeartbeat

/** Matching events that were not handed out, told in their place. `after: from` reads them. */
export interface StreamGap {
  readonly type: 'gap'
  /** the same as `to` */
  readonly cursor: string
  readonly dropped: number
  readonly from: string
  readonly to: string
}

/** Nothing else was to be told for a while; the stream was looked through up to the cursor. */
export interface StreamHeartbeat {
  readonly type: 'heartbeat'
  readonly cursor: string
  readonly at: Micros
}

/**
 * A change of a POI. One value is shared by all subscribers it is handed to, and so is its cursor, which is made when the first of them
 * asks. The vector in it is kept as the one before its batch, which the whole batch shares, and the change's own offset.
 */
export class PoiChange {
  readonly type = 'change'
  readonly poi: ProcessedPoi
  readonly partition: number
  readonly offset: number
  /** encoded, as it lay in the log */
  readonly bytes: number
  /** Somebody was handed it; the first to be is the one whose waiting is measured. */
  isHanded = false
  readonly #before: Positions
  readonly #sign: Sign
  #cursor: string | undefined

  /** @param before any positions right before this change that hold for its place in the stream */
  constructor(poi: ProcessedPoi, place: { partition: number; offset: number; bytes: number }, before: Positions, sign: Sign) {
    this.poi = poi
    this.partition = place.partition
    this.offset = place.offset
    this.bytes = place.bytes
    this.#before = before
    this.#sign = sign
  }

  /** The positions right after it. */
  get after(): Positions {
    return moved(this.#before, this.partition, this.offset + 1)
  }

  get cursor(): string {
    this.#cursor ??= this.#sign(this.after)
    return this.#cursor
  }

  /** It comes after everything that `floor` has read. */
  isPast(floor: Positions): boolean {
    return reaches(this.#before, floor)
  }

  /** The same change for a subscriber that has read `floor` already, some partitions of it further than this stream has come. */
  above(floor: Positions): PoiChange {
    return new PoiChange(this.poi, this, furthest(this.#before, floor), this.#sign)
  }
}
