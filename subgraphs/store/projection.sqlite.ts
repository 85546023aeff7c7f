/** Records and search of the embedded shape: one file, one transaction for the rows of both and the progress. */
import type { DatabaseSync } from 'node:sqlite'
import type { Outcomes, Projection, Slice, StoredChange } from './projection.ts'
import { type IndexedPoi, SqliteIndexes } from './projection-indexes.sqlite.ts'
import { openStoreWriter } from './tables.sqlite.ts'

/** A POI as the transaction finds it, and the change that became its latest state in this transaction. */
interface Entry {
  readonly n: number
  readonly id: string
  readonly before: IndexedPoi | null
  readonly isNew: boolean
  revision: number
  latest: StoredChange | null
  /** where the latest state lies in `history` */
  h: number
}

/** Opens (and makes when missing) the store's file for its one writer. @throws Error when a later version wrote it */
export function openSqliteProjection(path: string): Projection {
  return new SqliteProjection(openStoreWriter(path))
}

class SqliteProjection implements Projection {
  readonly engine = 'sqlite'
  readonly group = 'poi-store'
  readonly #db: DatabaseSync
  readonly #sql: ReturnType<typeof prepare>
  readonly #indexes: SqliteIndexes
  // Numbers are given here, not by SQLite, so that each table can be filled in one go, which keeps its pages in the CPU's caches.
  #nextPoi = 1
  #nextHistory = 1

  constructor(db: DatabaseSync) {
    this.#db = db
    this.#sql = prepare(db)
    this.#indexes = new SqliteIndexes(db)
    this.#reload()
  }

  async progress() {
    return this.#sql.progress.all().map(row => ({
      partition: Number(row['partition']),
      next: Number(row['next']),
      source: Number(row['source']),
    }))
  }

  async apply(slices: readonly Slice[]): Promise<Outcomes> {
    this.#db.exec('BEGIN IMMEDIATE')
    try {
      const outcomes = this.#write(slices)
      this.#db.exec('COMMIT')
      return outcomes
    } catch (error) {
      if (this.#db.isTransaction) this.#db.exec('ROLLBACK')
      this.#reload()
      throw error
    }
  }

  async [Symbol.asyncDispose]() {
    if (this.#db.isOpen) this.#db.close()
  }

  #reload(): void {
    this.#nextPoi = Number(this.#sql.lastPoi.get()?.['n'] ?? 0) + 1
    this.#nextHistory = Number(this.#sql.lastHistory.get()?.['h'] ?? 0) + 1
    this.#indexes.reload()
  }

  #write(slices: readonly Slice[]): Outcomes {
    const changes = slices.length === 1 ? (slices[0]?.changes ?? []) : slices.flatMap(slice => slice.changes)
    const entries = this.#entriesOf(changes)
    const outcomes = this.#writeHistory(changes, entries)
    const moved: Entry[] = []
    for (const entry of entries.values()) if (entry.latest !== null) moved.push(entry)
    for (const entry of entries.values()) if (entry.isNew && entry.latest === null) this.#sql.insertUnknown.run(entry.n, entry.id)
    this.#indexes.write(moved)
    for (const { image, poi } of changes) if (image !== null && poi.imageHash !== null) this.#sql.insertImage.run(poi.imageHash, image)
    for (const { progress } of slices) this.#sql.upsertProgress.run(progress.partition, progress.next, progress.source)
    return outcomes
  }

  /** Every POI that the changes speak of, read in one statement; unknown ones get their number. */
  #entriesOf(changes: readonly StoredChange[]): Map<string, Entry> {
    const ids = new Set<string>()
    for (const { poi } of changes) ids.add(poi.id)
    const entries = new Map<string, Entry>()
    for (const row of this.#sql.poisOf.all(JSON.stringify([...ids]))) {
      const id = String(row['id'])
      const revision = Number(row['revision'])
      const record = row['record']
      const before = record instanceof Uint8Array ? { revision, listed: row['listed'] === 1, record } : null
      entries.set(id, { n: Number(row['n']), id, before, isNew: false, revision, latest: null, h: 0 })
    }
    if (entries.size < ids.size)
      for (const id of ids)
        if (!entries.has(id)) entries.set(id, { n: this.#nextPoi++, id, before: null, isNew: true, revision: 0, latest: null, h: 0 })
    return entries
  }

  #writeHistory(changes: readonly StoredChange[], entries: ReadonlyMap<string, Entry>): Outcomes {
    const outcomes = { latest: 0, history: 0, known: 0 }
    const { insertHistory, historyOf, raiseHistory } = this.#sql
    for (const change of changes) {
      const { poi, record } = change
      const entry = entries.get(poi.id)
      if (entry === undefined) throw new Error('A change of a POI that was not looked up')
      let h = this.#nextHistory
      let isKnown = false
      if (insertHistory.run(h, entry.n, poi.timestamp, poi.eventId, poi.revision, record).changes === 1) this.#nextHistory++
      else {
        h = Number(historyOf.get(entry.n, poi.timestamp, poi.eventId)?.['h'])
        isKnown = raiseHistory.run(poi.revision, record, h, poi.revision).changes === 0
      }
      // Judged apart from its history row, which may already hold a later judgement of the same record.
      if (poi.kind !== 'LATE' && poi.revision > entry.revision) {
        entry.revision = poi.revision
        entry.latest = change
        entry.h = h
        outcomes.latest++
      } else if (isKnown) outcomes.known++
      else outcomes.history++
    }
    return outcomes
  }
}

function prepare(db: DatabaseSync) {
  return {
    lastPoi: db.prepare('SELECT max(n) AS n FROM poi'),
    lastHistory: db.prepare('SELECT max(h) AS h FROM history'),
    progress: db.prepare('SELECT partition, next, source FROM progress ORDER BY partition'),
    poisOf: db.prepare(
      'SELECT p.id, p.n, p.revision, p.listed, h.record FROM json_each(?) i JOIN poi p ON p.id = i.value LEFT JOIN history h ON h.h = p.state',
    ),
    insertUnknown: db.prepare('INSERT INTO poi (n, id, revision, listed) VALUES (?, ?, 0, 0)'),
    insertHistory: db.prepare(
      'INSERT INTO history (h, n, event_time, event_id, revision, record) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (n, event_time, event_id) DO NOTHING',
    ),
    historyOf: db.prepare('SELECT h FROM history WHERE n = ? AND event_time = ? AND event_id = ?'),
    raiseHistory: db.prepare('UPDATE history SET revision = ?, record = ? WHERE h = ? AND revision < ?'),
    insertImage: db.prepare('INSERT INTO image (hash, bytes) VALUES (?, ?) ON CONFLICT (hash) DO NOTHING'),
    upsertProgress: db.prepare(
      'INSERT INTO progress (partition, next, source) VALUES (?, ?, ?) ON CONFLICT (partition) DO UPDATE SET next = max(next, excluded.next), source = max(source, excluded.source)',
    ),
  }
}
