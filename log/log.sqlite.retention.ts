import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Lane, Ledger } from './log.sqlite.ledger.ts'
import { chunkId, endOfLane } from './log.sqlite.schema.ts'

/** Chunks removed within one commit at most: a few ms of work. */
const SLICE_CHUNKS = 64

interface Limits {
  readonly lane: number
  readonly retention_ms: number | null
  readonly retention_bytes: number | null
}

interface Chunk {
  readonly id: number
  readonly next: number
  readonly time: number
  readonly bytes: number
}

/** Removes the oldest chunks of every lane that passes a limit of its topic, in slices, within the writer's transactions. */
export class Retention {
  readonly #ledger: Ledger
  readonly #limits: StatementSync
  readonly #oldest: StatementSync
  readonly #remove: StatementSync

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger
    this.#limits = db.prepare(`
      SELECT lane.id AS lane, retention_ms, retention_bytes FROM lane
      JOIN topic ON lane.id >= first_lane AND lane.id < first_lane + partitions
      WHERE lane.bytes > 0 AND (retention_ms IS NOT NULL OR retention_bytes IS NOT NULL)`)
    this.#oldest = db.prepare('SELECT id, next, time, length(block) AS bytes FROM chunk WHERE id >= ? AND id < ? ORDER BY id LIMIT 1')
    this.#remove = db.prepare('DELETE FROM chunk WHERE id = ?')
  }

  /** @returns whether more is to be removed */
  slice(now: number): boolean {
    this.#ledger.flush()
    let budget = SLICE_CHUNKS
    for (const { lane: id, retention_ms, retention_bytes } of this.#limits.all() as unknown as Limits[]) {
      const lane = this.#ledger.lanes.get(id)
      if (lane === undefined) continue
      budget -= this.#removeWhile(lane, budget, ({ time, bytes }) => {
        const tooOld = retention_ms !== null && time < now - retention_ms
        return tooOld || (retention_bytes !== null && lane.bytes - bytes >= retention_bytes)
      })
      if (budget <= 0) return true
    }
    return false
  }

  /** Removes the records before the given offsets, as far as whole chunks go; the rest of a chunk is hidden. @returns whether more is to be removed */
  trim(before: readonly (readonly [lane: number, offset: number])[]): boolean {
    this.#ledger.flush()
    let budget = SLICE_CHUNKS
    for (const [id, wanted] of before) {
      const lane = this.#ledger.lanes.get(id)
      if (lane === undefined) continue
      const offset = Math.min(wanted, lane.next)
      budget -= this.#removeWhile(lane, budget, ({ next }) => next <= offset)
      if (budget <= 0) return true
      if (offset > lane.earliest) {
        lane.earliest = offset
        this.#ledger.save(lane)
      }
    }
    return false
  }

  #removeWhile(lane: Lane, budget: number, passes: (chunk: Chunk) => boolean): number {
    let removed = 0
    while (removed < budget) {
      const chunk = this.#oldest.get(chunkId(lane.id, 0), endOfLane(lane.id)) as unknown as Chunk | undefined
      if (chunk === undefined || !passes(chunk)) break
      this.#remove.run(chunk.id)
      lane.bytes -= chunk.bytes
      lane.earliest = Math.max(lane.earliest, chunk.next)
      removed += 1
    }
    if (removed > 0) this.#ledger.save(lane)
    return removed
  }
}
