/**
 * The recent past of the stream, in memory and bounded by bytes, in the one order in which this process read it. Records lie in it as they
 * came and are decoded when the first reader comes by, once for all of them.
 */
import type { Batch, LogRecord, Positions } from '#log/log.ts'
import type { PoiChange } from './feed-event.ts'
import { furthest, moved, reaches } from './feed-positions.ts'

/** Decodes a record; null for one that tells of no change. It never throws: what cannot be decoded tells of no change. */
export type Decode = (record: LogRecord, partition: number, before: Positions) => PoiChange | null

/** Raw until somebody looks. */
type Slot = LogRecord | PoiChange | null

interface Segment {
  readonly partition: number
  /** The positions before its first record, shared by all its changes. */
  readonly before: Positions
  readonly slots: Slot[]
  readonly bytes: number
  /** Slots that readers may see: the ones that were offered to the live subscribers. */
  published: number
  /** The offset after the last of them. Holes behind it do not count: whoever reads the log never comes to see their end. */
  reached: number
}

/** What a record costs beside its bytes. */
const RECORD_OVERHEAD = 256

export class Ring {
  readonly #maxBytes: number
  readonly #decode: Decode
  #segments: (Segment | undefined)[] = []
  /** Index of the oldest segment; those before are gone. */
  #oldest = 0
  #bytes = 0
  #base: Positions
  /** undefined until somebody asks, after a change was published in the middle of a batch */
  #head: Positions | undefined

  /** @param at where the stream begins: everything before it has to be read from the log */
  constructor(options: { readonly maxBytes: number; readonly at: Positions; readonly decode: Decode }) {
    this.#maxBytes = options.maxBytes
    this.#decode = options.decode
    this.#base = options.at
    this.#head = options.at
  }

  /** Everything published lies before it. The same array until something is published. */
  get head(): Positions {
    this.#head ??= headOf(this.#segments.at(-1))
    return this.#head
  }

  get bytes(): number {
    return this.#bytes
  }

  /** A reader at these positions finds everything it has not read here or ahead. */
  covers(at: Positions): boolean {
    return reaches(at, this.#base)
  }

  /** Adds a batch and publishes all of it at once: for when nobody listens. */
  append(batch: Batch): void {
    if (batch.records.length > 0) this.#close(this.#open(batch), batch)
  }

  /**
   * Adds a batch and publishes it change by change. Whoever iterates offers each change to the live subscribers before it goes on, so that
   * a reader who has come to the head has seen exactly what they were offered.
   */
  *publish(batch: Batch): Generator<PoiChange> {
    if (batch.records.length === 0) return
    const segment = this.#open(batch)
    for (let index = 0; index < segment.slots.length; index++) {
      const change = this.#at(segment, index)
      segment.published = index + 1
      if (change === null) continue
      segment.reached = change.offset + 1
      this.#head = undefined
      yield change
    }
    this.#close(segment, batch)
  }

  /**
   * Reads on from positions that the ring covers.
   *
   * @param visit gets each change not yet read; false keeps it unread and ends the reading
   * @param most records to look at before it returns
   * @returns the positions up to which everything was looked at, and whether that is all there is
   */
  readOn(at: Positions, visit: (change: PoiChange) => boolean, most: number): { readonly at: Positions; readonly atHead: boolean } {
    let looked = 0
    for (let place = this.#placeOf(at); place < this.#segments.length; place++) {
      const segment = this.#segments[place]
      if (segment === undefined) continue
      const read = at[segment.partition] ?? 0 // by this partition's records; only this segment's partition can be ahead of its `before`
      for (let index = 0; index < segment.published; index++) {
        const slot = segment.slots[index]
        if (slot !== null && slot !== undefined && slot.offset < read) continue
        const change = this.#at(segment, index)
        if (change === null) continue
        if (looked++ >= most || !visit(change)) {
          return { at: furthest(at, moved(segment.before, segment.partition, change.offset)), atHead: false }
        }
      }
    }
    return { at: furthest(at, this.head), atHead: true }
  }

  /** Begins anew elsewhere. */
  reset(at: Positions): void {
    this.#segments = []
    this.#oldest = 0
    this.#bytes = 0
    this.#base = at
    this.#head = at
  }

  #open(batch: Batch): Segment {
    let bytes = 0
    for (const record of batch.records) bytes += record.value.length + RECORD_OVERHEAD
    const segment = {
      partition: batch.partition,
      before: this.head,
      slots: batch.records.slice(),
      bytes,
      published: 0,
      reached: this.head[batch.partition] ?? 0,
    }
    this.#segments.push(segment)
    this.#bytes += bytes
    return segment
  }

  #close(segment: Segment, batch: Batch): void {
    segment.published = segment.slots.length
    segment.reached = (batch.records.at(-1)?.offset ?? 0) + 1
    this.#head = headOf(segment)
    while (this.#bytes > this.#maxBytes) {
      const oldest = this.#segments[this.#oldest]
      if (oldest === undefined) break
      this.#bytes -= oldest.bytes
      this.#segments[this.#oldest++] = undefined
    }
    this.#base = this.#segments[this.#oldest]?.before ?? this.head
    // Moving the rest at each eviction would cost more than everything else here.
    if (this.#oldest * 2 < this.#segments.length) return
    this.#segments = this.#segments.slice(this.#oldest)
    this.#oldest = 0
  }

  #at(segment: Segment, index: number): PoiChange | null {
    const slot = segment.slots[index] ?? null
    if (slot === null || 'poi' in slot) return slot
    const change = this.#decode(slot, segment.partition, segment.before)
    segment.slots[index] = change
    return change
  }

  /** The last segment before which nothing is unread. `before` only grows, so it is found by halving. */
  #placeOf(at: Positions): number {
    let low = this.#oldest
    let high = this.#segments.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (reaches(at, this.#segments[middle]?.before ?? at)) low = middle
      else high = middle - 1
    }
    return low
  }
}

function headOf(segment: Segment | undefined): Positions {
  return segment === undefined ? [] : moved(segment.before, segment.partition, segment.reached)
}
