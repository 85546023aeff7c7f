/**
 * Reading the log behind the ring, for subscribers that resume from long ago or fell far behind. A turn is bounded and only so many are
 * taken at a time, first come, first served, so that a thousand clients that come back at once share the log with everybody else.
 */
import type { LogRecord, Positions, Tail } from '#log/log.ts'
import type { PoiChange } from './feed-event.ts'
import { reaches } from './feed-positions.ts'
import type { Decode } from './ring.ts'

/** encoded bytes that one turn looks through */
const TURN_BYTES = 1024 * 1024
/** of one batch, so that the event loop is not held up for long */
const BATCH_BYTES = 128 * 1024

export interface CatchUpTurn {
  readonly from: Positions
  /** Read when the turn begins. Nothing at or after these positions is looked at. */
  readonly to: () => Positions
  /** Gets each change; false keeps it unread and ends the turn. */
  readonly visit: (change: PoiChange) => boolean
  /** Ends the turn where it is. */
  readonly signal: AbortSignal
}

export class CatchUp {
  readonly #tail: Tail
  readonly #topic: string
  readonly #decode: Decode
  #free: number
  readonly #line: (() => void)[] = []

  /** @param turns how many may read at the same time */
  constructor(options: { readonly tail: Tail; readonly topic: string; readonly decode: Decode; readonly turns: number }) {
    this.#tail = options.tail
    this.#topic = options.topic
    this.#decode = options.decode
    this.#free = options.turns
  }

  /** @returns up to where everything was looked at. @throws LogError POSITION_EXPIRED when the log no longer holds `from`. */
  async turn({ from, to, visit, signal }: CatchUpTurn): Promise<Positions> {
    if (this.#free > 0) this.#free--
    else await new Promise<void>(resolve => this.#line.push(resolve))
    try {
      return await this.#read(from, to(), visit, signal)
    } finally {
      const next = this.#line.shift()
      if (next === undefined) this.#free++
      else next()
    }
  }

  async #read(from: Positions, to: Positions, visit: CatchUpTurn['visit'], signal: AbortSignal): Promise<Positions> {
    const at = from.slice()
    const partitions = at.flatMap((position, partition) => (position < (to[partition] ?? 0) ? [partition] : []))
    let bytes = 0
    if (partitions.length === 0 || signal.aborted) return at
    for await (const batch of this.#tail.read({ topic: this.#topic, from, partitions, maxBytes: BATCH_BYTES, signal })) {
      const { partition } = batch
      const end = to[partition] ?? 0
      const before = at.slice()
      for (const record of batch.records) {
        if (record.offset >= end) break
        const change = this.#decode(record, partition, before)
        if (change !== null && !visit(change)) {
          at[partition] = record.offset
          return at
        }
        bytes += sizeOf(record)
      }
      at[partition] = Math.max(before[partition] ?? 0, Math.min(batch.next, end))
      if (bytes >= TURN_BYTES || reaches(at, to)) break
    }
    return at
  }
}

const sizeOf = ({ value }: LogRecord): number => value.length
