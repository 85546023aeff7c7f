import type { DatabaseSync } from 'node:sqlite'
import type { LaneEnds } from './log.sqlite.protocol.ts'
import { baseOf, chunkId, endOfLane, openForReading } from './log.sqlite.schema.ts'
import { type Batch, LogError, type LogRecord, type Positions } from './log.ts'
import { type Bytes, unpackInto } from './packed-records.ts'

export interface Topic {
  readonly name: string
  readonly partitions: number
  readonly firstLane: number
}

export interface Bounds {
  readonly maxRecords: number
  readonly maxBytes: number
}

/** Reads what is committed, on this thread's own connection to the file. */
export class Reader implements Disposable {
  readonly #db: DatabaseSync
  readonly #statements: ReturnType<typeof prepare>
  readonly #topics = new Map<string, Topic>()

  constructor(path: string) {
    this.#db = openForReading(path)
    this.#statements = prepare(this.#db)
  }

  [Symbol.dispose](): void {
    if (this.#db.isOpen) this.#db.close()
  }

  /** @throws LogError TOPIC_UNKNOWN */
  topic(name: string): Topic {
    const known = this.#topics.get(name)
    if (known !== undefined) return known
    const row = this.#statements.topic.get(name)
    if (row === undefined) throw new LogError('TOPIC_UNKNOWN', `The log has no topic ${name}.`)
    const topic = { name, partitions: Number(row['partitions']), firstLane: Number(row['first_lane']) }
    this.#topics.set(name, topic)
    return topic
  }

  /** The lane of a partition. @throws LogError TOPIC_UNKNOWN when the topic has no such partition */
  lane({ name, partitions, firstLane }: Topic, partition: number): number {
    if (partition >= 0 && partition < partitions && Number.isInteger(partition)) return firstLane + partition
    throw new LogError('TOPIC_UNKNOWN', `Topic ${name} has partitions 0 to ${partitions - 1}, not ${partition}.`)
  }

  ends({ firstLane, partitions }: Topic): { readonly earliest: Positions; readonly latest: Positions } {
    const rows = this.#statements.ends.all(firstLane, firstLane + partitions - 1)
    return { earliest: rows.map(row => Number(row['earliest'])), latest: rows.map(row => Number(row['next'])) }
  }

  allEnds(): LaneEnds[] {
    return this.#statements.allEnds.all() as unknown as LaneEnds[]
  }

  /** Times never decrease within a lane, so the chunk is found by halving, without an index. */
  positionsAt(topic: Topic, time: number): Positions {
    const { earliest, latest } = this.ends(topic)
    return earliest.map((from, partition) => {
      const lane = topic.firstLane + partition
      const end = latest[partition] ?? from
      let low = from
      let high = end
      while (low < high) {
        const middle = Math.floor((low + high) / 2)
        const chunk = this.#statements.chunkTime.get(chunkId(lane, 0), chunkId(lane, middle), endOfLane(lane))
        if (chunk === undefined) return end
        if (Number(chunk['time']) >= time) high = Math.min(middle, Math.max(low, baseOf(Number(chunk['id']))))
        else low = Math.max(middle + 1, Number(chunk['next']))
      }
      return Math.min(low, end)
    })
  }

  committed(group: string, { firstLane, partitions }: Topic): Positions {
    const positions = new Array<number>(partitions).fill(0)
    for (const row of this.#statements.committed.all(group, firstLane, firstLane + partitions - 1)) {
      positions[Number(row['lane']) - firstLane] = Number(row['next'])
    }
    return positions
  }

  /**
   * Reads one batch; its keys and values are views into the chunks as they were read. `end` is what the caller knows of the lane's end.
   * Without records there is nothing (more) between `from` and the batch's `next`.
   * @throws LogError POSITION_EXPIRED
   */
  batch(topic: Topic, partition: number, from: number, end: number, { maxRecords, maxBytes }: Bounds): Batch {
    const lane = topic.firstLane + partition
    const records: LogRecord[] = []
    const room = { records: maxRecords, bytes: maxBytes }
    let next = from
    for (const row of this.#statements.chunks.iterate(chunkId(lane, 0), chunkId(lane, from), endOfLane(lane)) as Iterable<unknown>) {
      const [id, chunkNext, time, block] = row as [number, number, number, Bytes]
      if (chunkNext <= from) continue
      next = unpackInto(records, block, { base: baseOf(id), time, from, room })
      if (next < chunkNext || room.records <= 0 || room.bytes <= 0) break
    }
    // A hole is normal after compaction; after retention it means that the reader has missed records. Asked after the read, so that
    // what was removed in between is never taken for a hole.
    if (records[0]?.offset !== from) {
      const { earliest, latest } = this.ends(topic)
      if (from < (earliest[partition] ?? 0)) throw expired(topic, partition, from, earliest)
      if (records.length === 0) next = Math.max(from, Math.min(end, latest[partition] ?? 0))
    }
    return { topic: topic.name, partition, records, next, end: Math.max(end, next) }
  }

  /** The epoch of an owner as committed: greater than the caller's own once somebody else has claimed the partition. */
  epoch(owner: number): number {
    return Number(this.#statements.epoch.get(owner)?.['epoch'])
  }

  state(owner: number, key: Bytes): Bytes | undefined {
    return (this.#statements.state.get(owner, key) as unknown as [Bytes] | undefined)?.[0]
  }
}

/** @throws LogError POSITION_EXPIRED, POSITION_AHEAD */
export const checkHeld = (topic: Topic, partition: number, position: number, ends: ReturnType<Reader['ends']>): void => {
  const end = ends.latest[partition] ?? 0
  if (position < (ends.earliest[partition] ?? 0)) throw expired(topic, partition, position, ends.earliest)
  if (position > end) {
    throw new LogError('POSITION_AHEAD', `Partition ${partition} of ${topic.name} ends at ${end}; position ${position} is beyond.`)
  }
}

const expired = ({ name }: Topic, partition: number, from: number, earliest: Positions): LogError =>
  new LogError('POSITION_EXPIRED', `Partition ${partition} of ${name} is held from ${earliest[partition]} on; position ${from} is gone.`, {
    earliest,
  })

const prepare = (db: DatabaseSync) => {
  const chunks = db.prepare(`
    SELECT id, next, time, block FROM chunk
    WHERE id >= ifnull((SELECT max(id) FROM chunk WHERE id >= ?1 AND id <= ?2), ?2) AND id < ?3 ORDER BY id`)
  chunks.setReturnArrays(true)
  const state = db.prepare('SELECT value FROM state WHERE owner = ? AND key = ?')
  state.setReturnArrays(true)
  return {
    chunks,
    state,
    topic: db.prepare('SELECT partitions, first_lane FROM topic WHERE name = ?'),
    epoch: db.prepare('SELECT epoch FROM owner WHERE id = ?'),
    ends: db.prepare('SELECT earliest, next FROM lane WHERE id BETWEEN ? AND ? ORDER BY id'),
    allEnds: db.prepare('SELECT id AS lane, earliest, next FROM lane'),
    chunkTime: db.prepare(`
      SELECT id, next, time FROM chunk
      WHERE id >= ifnull((SELECT max(id) FROM chunk WHERE id >= ?1 AND id <= ?2), ?2) AND id < ?3 ORDER BY id LIMIT 1`),
    committed: db.prepare(`
      SELECT position.lane, position.next FROM position JOIN owner ON owner.id = position.owner
      WHERE consumer_group = ? AND lane BETWEEN ? AND ?`),
  }
}
