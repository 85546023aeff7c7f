import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Lane, Ledger } from './log.sqlite.ledger.ts'
import { baseOf, chunkId, endOfLane } from './log.sqlite.schema.ts'
import { type Bytes, packedBytes, unpack } from './packed-records.ts'

/** Chunks looked at within one commit at most: a few ms of work. */
const SLICE_CHUNKS = 32
/** Keys remembered in one pass at most; what lies behind waits for the next pass. */
const MAX_KEYS = 200_000
/** A lane is compacted when this much was added since, and as much as was left last time. */
const MIN_DIRTY_BYTES = 1024 * 1024
/** How long a deletion stays readable, so that readers on their way learn of it. */
const DELETION_KEPT_MS = 24 * 60 * 60 * 1000

interface Chunk {
  readonly id: number
  readonly next: number
  readonly time: number
  readonly block: Bytes
}

/** A pass over one lane: first the newest offset of each key in what is not compacted yet, then every chunk is rid of what is superseded. */
interface Pass {
  readonly lane: number
  readonly newest: Map<string, number>
  stage: 'LEARN' | 'SWEEP'
  at: number
  end: number
}

/** Keeps the newest record of each key of compacted topics, in slices, within the writer's transactions. Any pass may be dropped and begun again. */
export class Compaction {
  readonly #ledger: Ledger
  readonly #compacted: StatementSync
  readonly #chunks: StatementSync
  readonly #remove: StatementSync
  readonly #insert: StatementSync
  #pass: Pass | undefined

  constructor(db: DatabaseSync, ledger: Ledger) {
    this.#ledger = ledger
    this.#compacted = db.prepare(`
      SELECT lane.id AS lane FROM lane JOIN topic ON lane.id >= first_lane AND lane.id < first_lane + partitions WHERE compacted = 1`)
    this.#chunks = db.prepare(`
      SELECT id, next, time, block FROM chunk
      WHERE id >= ifnull((SELECT max(id) FROM chunk WHERE id >= ?1 AND id <= ?2), ?2) AND id < ?3 ORDER BY id LIMIT ?4`)
    this.#remove = db.prepare('DELETE FROM chunk WHERE id = ?')
    this.#insert = db.prepare('INSERT INTO chunk (id, next, time, block) VALUES (?, ?, ?, ?)')
  }

  /** @returns whether more is to be done */
  slice(now: number): boolean {
    this.#pass ??= this.#begin()
    const pass = this.#pass
    const lane = pass === undefined ? undefined : this.#ledger.lanes.get(pass.lane)
    if (pass === undefined || lane === undefined) return false
    this.#ledger.flush()
    if (pass.stage === 'LEARN') this.#learn(pass, lane)
    else this.#sweep(pass, lane, now)
    return true
  }

  /** After a rollback: what the pass believes done is not. */
  restart(): void {
    this.#pass = undefined
  }

  #begin(): Pass | undefined {
    for (const row of this.#compacted.all()) {
      const lane = this.#ledger.lanes.get(Number(row['lane']))
      if (lane === undefined || lane.bytes - lane.cleanedBytes < Math.max(MIN_DIRTY_BYTES, lane.cleanedBytes)) continue
      return { lane: lane.id, newest: new Map(), stage: 'LEARN', at: Math.max(lane.cleaned, lane.earliest), end: lane.next }
    }
    return undefined
  }

  #learn(pass: Pass, lane: Lane): void {
    for (const chunk of this.#read(pass)) {
      let offset = baseOf(chunk.id)
      for (const { key } of unpack(chunk.block)) {
        if (key !== null) pass.newest.set(textOf(key), offset)
        offset += 1
      }
      pass.at = chunk.next
      if (pass.newest.size >= MAX_KEYS) pass.end = pass.at
    }
    if (pass.at < pass.end) return
    pass.stage = 'SWEEP'
    pass.at = lane.earliest
  }

  #sweep(pass: Pass, lane: Lane, now: number): void {
    for (const chunk of this.#read(pass)) {
      this.#thin(chunk, pass, lane, now)
      pass.at = chunk.next
    }
    if (pass.at < pass.end) return
    lane.cleaned = pass.end
    lane.cleanedBytes = lane.bytes
    this.#ledger.save(lane)
    this.#pass = undefined
  }

  /** The next chunks of the pass; when there are none before its end, it is at its end. */
  #read(pass: Pass): Chunk[] {
    const rows = this.#chunks.all(
      chunkId(pass.lane, 0),
      chunkId(pass.lane, pass.at),
      endOfLane(pass.lane),
      SLICE_CHUNKS,
    ) as unknown as Chunk[]
    const chunks = rows.filter(({ id, next }) => next > pass.at && baseOf(id) < pass.end)
    if (chunks.length === 0) pass.at = pass.end
    return chunks
  }

  /** Replaces a chunk by the runs of consecutive records that stay. */
  #thin({ id, time, block }: Chunk, { lane: laneId, newest }: Pass, lane: Lane, now: number): void {
    const runs: { base: number; next: number; start: number; end: number }[] = []
    let offset = baseOf(id)
    let at = 0
    for (const { key, value } of unpack(block)) {
      const size = packedBytes(key, value)
      const superseded = key !== null && (newest.get(textOf(key)) ?? offset) > offset
      const forgotten = key !== null && value?.byteLength === 0 && time < now - DELETION_KEPT_MS
      if (!superseded && !forgotten) {
        const run = runs.at(-1)
        if (run?.next === offset) {
          run.next += 1
          run.end += size
        } else runs.push({ base: offset, next: offset + 1, start: at, end: at + size })
      }
      at += size
      offset += 1
    }
    const kept = runs.reduce((sum, { start, end }) => sum + end - start, 0)
    if (kept === block.byteLength) return
    this.#remove.run(id)
    for (const { base, next, start, end } of runs) this.#insert.run(chunkId(laneId, base), next, time, block.subarray(start, end))
    lane.bytes += kept - block.byteLength
    this.#ledger.save(lane)
  }
}

/** Map keys are compared by content only as text; latin1 keeps every byte. */
const textOf = (key: Bytes): string => Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString('latin1')
