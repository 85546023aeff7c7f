import type { DatabaseSync, StatementSync } from 'node:sqlite'
import type { Claim, LaneEnds, Transaction } from './log.sqlite.protocol.ts'
import { STATE_LANE } from './log.sqlite.protocol.ts'
import { chunkId, MAX_LANES } from './log.sqlite.schema.ts'
import { LogError, type Positions, type TopicSpec } from './log.ts'
import { type Bytes, SECTION_BYTES, type Section, unpack } from './packed-records.ts'

export interface Lane {
  readonly id: number
  earliest: number
  next: number
  time: number
  bytes: number
  /** What lies before is compacted, */
  cleaned: number
  /** to this many bytes. */
  cleanedBytes: number
}

interface Draft {
  readonly base: number
  bytes: number
  readonly parts: Bytes[]
}

/**
 * The writer's books: every lane, owner and position, in memory and in the file. All changes happen within the writer's transaction;
 * rows are written by `flush`, so that many appends to one lane become one chunk and one row. After a rollback, or when another process
 * has written, the books are read again.
 */
export class Ledger {
  readonly lanes = new Map<number, Lane>()
  readonly #drafts = new Map<Lane, Draft>()
  readonly #moved = new Set<Lane>()
  /** Lanes whose ends the threads have not been told. */
  readonly #untold = new Set<Lane>()
  #seenVersion = -1
  readonly #statements: ReturnType<typeof prepare>

  constructor(db: DatabaseSync) {
    this.#statements = prepare(db)
    this.reload()
  }

  /** Reads again what another process may have written; cheap when none has. */
  refresh(): void {
    const version = Number(this.#statements.dataVersion.get()?.['data_version'])
    if (version === this.#seenVersion) return
    this.#seenVersion = version
    this.reload()
  }

  reload(): void {
    this.#drafts.clear()
    this.#moved.clear()
    this.#untold.clear()
    this.lanes.clear()
    for (const row of this.#statements.allLanes.all() as unknown as Lane[]) {
      this.lanes.set(row.id, row)
      this.#untold.add(row)
    }
  }

  /** What may have moved since it was last asked. */
  news(): LaneEnds[] {
    const news = Array.from(this.#untold, ({ id, earliest, next }) => ({ lane: id, earliest, next }))
    this.#untold.clear()
    return news
  }

  ensure(specs: readonly TopicSpec[]): true {
    const s = this.#statements
    for (const { name, partitions } of specs) {
      const existing = s.topic.get(name)?.['partitions']
      if (existing !== undefined && existing !== partitions) {
        throw new LogError(
          'TOPIC_MISMATCH',
          `Topic ${name} has ${existing} partitions, not ${partitions}; the count of a topic is fixed when it is created.`,
        )
      }
    }
    for (const { name, partitions, retentionMs = null, retentionBytes = null, compacted = false } of specs) {
      if (s.topic.get(name) !== undefined) {
        s.retain.run(retentionMs, retentionBytes, compacted ? 1 : 0, name)
        continue
      }
      const first = Number(s.laneCount.get()?.['lanes'])
      if (first + partitions > MAX_LANES) throw new LogError('UNAVAILABLE', `The log file holds at most ${MAX_LANES} partitions.`)
      s.createTopic.run(name, partitions, first, retentionMs, retentionBytes, compacted ? 1 : 0)
      for (let id = first; id < first + partitions; id++) {
        s.createLane.run(id)
        const lane = { id, earliest: 0, next: 0, time: 0, bytes: 0, cleaned: 0, cleanedBytes: 0 }
        this.lanes.set(id, lane)
        this.#untold.add(lane)
      }
    }
    return true
  }

  /** @returns per section the offset of its first record */
  append(block: Bytes, sections: readonly Section[], now: number): number[] {
    const lanes = sections.map(section => this.#lane(section.lane))
    let at = 0
    return sections.map(({ count, bytes }, index) => {
      const lane = lanes[index] as Lane
      const base = lane.next
      let draft = this.#drafts.get(lane)
      if (draft !== undefined && draft.bytes + bytes > SECTION_BYTES) {
        this.#write(lane, draft)
        draft = undefined
      }
      if (draft === undefined) {
        draft = { base, bytes: 0, parts: [] }
        this.#drafts.set(lane, draft)
      }
      draft.parts.push(block.subarray(at, at + bytes))
      draft.bytes += bytes
      at += bytes
      lane.next += count
      lane.bytes += bytes
      lane.time = Math.max(lane.time, now)
      this.#moved.add(lane)
      return base
    })
  }

  claim(group: string, partitions: number, inputs: readonly (readonly number[])[]): Claim[] {
    const claims: Claim[] = []
    for (let partition = 0; partition < partitions; partition++) {
      const row = this.#statements.claim.get(group, partition)
      const owner = Number(row?.['id'])
      const starts = inputs.map(lanes => {
        const lane = this.#lane(lanes[partition] ?? -1)
        this.#statements.begin.run(owner, lane.id, lane.earliest)
        return this.#position(owner, lane.id)
      })
      claims.push({ partition, owner, epoch: Number(row?.['epoch']), starts })
    }
    return claims
  }

  resume(owner: number, epoch: number, lanes: readonly number[]): Positions {
    this.#checkOwner(owner, epoch)
    return lanes.map(lane => this.#position(owner, lane))
  }

  /** Checks everything before it changes anything, so that a refused transaction leaves its neighbours in the same commit alone. */
  transact({ owner, epoch, input, from, to, block, sections }: Transaction, now: number): true {
    this.#checkOwner(owner, epoch)
    const committed = this.#position(owner, input)
    if (committed !== from) {
      throw new LogError(
        'UNAVAILABLE',
        `The transaction starts at ${from}, but the one before it ended at ${committed}; nothing was written.`,
      )
    }
    const outputs = sections.filter(({ lane }) => lane !== STATE_LANE)
    const outputBytes = outputs.reduce((sum, { bytes }) => sum + bytes, 0)
    this.append(block.subarray(0, outputBytes), outputs, now)
    for (const { key, value } of unpack(block.subarray(outputBytes))) {
      if (value === null) this.#statements.forget.run(owner, key)
      else this.#statements.remember.run(owner, key, value)
    }
    this.#statements.advance.run(to, owner, input)
    return true
  }

  /** Writes what `append` gathered. */
  flush(): void {
    for (const [lane, draft] of this.#drafts) this.#write(lane, draft)
    this.#drafts.clear()
    for (const lane of this.#moved) this.save(lane)
    this.#moved.clear()
  }

  save(lane: Lane): void {
    const { id, earliest, next, time, bytes, cleaned, cleanedBytes } = lane
    this.#untold.add(lane)
    this.#statements.saveLane.run(earliest, next, time, bytes, cleaned, cleanedBytes, id)
  }

  #write(lane: Lane, { base, bytes, parts }: Draft): void {
    const next = lane.next
    this.#statements.insertChunk.run(
      chunkId(lane.id, base),
      next,
      lane.time,
      parts.length === 1 ? (parts[0] ?? null) : Buffer.concat(parts, bytes),
    )
  }

  #lane(id: number): Lane {
    const lane = this.lanes.get(id)
    if (lane === undefined) throw new LogError('TOPIC_UNKNOWN', `The log has no lane ${id}.`)
    return lane
  }

  #checkOwner(owner: number, epoch: number): void {
    const row = this.#statements.epoch.get(owner)
    if (row?.['epoch'] !== epoch) throw new LogError('FENCED', 'A later owner has taken this partition over.')
  }

  #position(owner: number, lane: number): number {
    return Number(this.#statements.position.get(owner, lane)?.['next'])
  }
}

const prepare = (db: DatabaseSync) => {
  const sql = (text: string): StatementSync => db.prepare(text)
  return {
    dataVersion: sql('PRAGMA data_version'),
    allLanes: sql('SELECT id, earliest, next, time, bytes, cleaned, cleaned_bytes AS cleanedBytes FROM lane'),
    laneCount: sql('SELECT count(*) AS lanes FROM lane'),
    topic: sql('SELECT partitions FROM topic WHERE name = ?'),
    createTopic: sql(
      'INSERT INTO topic (name, partitions, first_lane, retention_ms, retention_bytes, compacted) VALUES (?, ?, ?, ?, ?, ?)',
    ),
    createLane: sql('INSERT INTO lane (id, earliest, next, time, bytes, cleaned, cleaned_bytes) VALUES (?, 0, 0, 0, 0, 0, 0)'),
    retain: sql('UPDATE topic SET retention_ms = ?, retention_bytes = ?, compacted = ? WHERE name = ?'),
    saveLane: sql('UPDATE lane SET earliest = ?, next = ?, time = ?, bytes = ?, cleaned = ?, cleaned_bytes = ? WHERE id = ?'),
    insertChunk: sql('INSERT INTO chunk (id, next, time, block) VALUES (?, ?, ?, ?)'),
    claim: sql(
      'INSERT INTO owner (consumer_group, partition, epoch) VALUES (?, ?, 1) ON CONFLICT DO UPDATE SET epoch = epoch + 1 RETURNING id, epoch',
    ),
    begin: sql('INSERT INTO position (owner, lane, next) VALUES (?, ?, ?) ON CONFLICT DO NOTHING'),
    epoch: sql('SELECT epoch FROM owner WHERE id = ?'),
    position: sql('SELECT next FROM position WHERE owner = ? AND lane = ?'),
    advance: sql('UPDATE position SET next = ? WHERE owner = ? AND lane = ?'),
    remember: sql('INSERT INTO state (owner, key, value) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET value = excluded.value'),
    forget: sql('DELETE FROM state WHERE owner = ? AND key = ?'),
  }
}
