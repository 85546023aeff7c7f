/** The latest states of `store.db` and the indexes over them: place and words are written only where what they index has changed. */
import type { DatabaseSync } from 'node:sqlite'
import { fold } from '#schema/fold.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import { decodeProcessed } from '#schema/poi-codec.ts'
import { indexWords } from './index-words.ts'

/** A latest state that is in the tables. */
export interface IndexedPoi {
  readonly revision: number
  readonly listed: boolean
  readonly record: Uint8Array
}

/** A latest state to be written in place of the one before. */
export interface NewState {
  readonly n: number
  readonly id: string
  /** no row is there yet */
  readonly isNew: boolean
  readonly before: IndexedPoi | null
  readonly latest: { readonly poi: ProcessedPoi } | null
  /** where its record lies in `history` */
  readonly h: number
}

export class SqliteIndexes {
  readonly #sql: ReturnType<typeof prepare>
  #categories = new Map<string, number>()

  constructor(db: DatabaseSync) {
    this.#sql = prepare(db)
  }

  /** Forgets what a transaction that was rolled back had added. */
  reload(): void {
    this.#categories = new Map(this.#sql.categories.all().map(row => [String(row['name']), Number(row['k'])]))
  }

  write(states: readonly NewState[]): void {
    for (const state of states) this.#writePoi(state)
    const shifts = states.flatMap(state => shiftOf(state) ?? [])
    for (const shift of shifts) this.#writePlace(shift)
    for (const shift of shifts) this.#writeWords(shift)
  }

  #writePoi({ n, id, isNew, latest, h }: NewState): void {
    if (latest === null) return
    const { poi } = latest
    const { latitude, longitude } = poi.location
    const listed = poi.operation === 'REMOVE' ? 0 : 1
    const name = fold(poi.name)
    const category = this.#categoryOf(poi.category)
    if (isNew)
      this.#sql.insertPoi.run(
        n,
        id,
        poi.revision,
        listed,
        h,
        name,
        category,
        poi.sourceId,
        poi.status,
        latitude,
        longitude,
        poi.processedAt,
      )
    else this.#sql.updatePoi.run(poi.revision, listed, h, name, category, poi.sourceId, poi.status, latitude, longitude, poi.processedAt, n)
  }

  #categoryOf(name: string): number {
    const known = this.#categories.get(name)
    if (known !== undefined) return known
    const k = this.#categories.size + 1 // none is ever deleted
    this.#sql.insertCategory.run(k, name)
    this.#categories.set(name, k)
    return k
  }

  #writePlace({ n, isIndexed, from, to }: Shift): void {
    if (to === null) return void this.#sql.deletePlace.run(n)
    const { latitude, longitude } = to.location
    if (!isIndexed) this.#sql.insertPlace.run(n, longitude, longitude, latitude, latitude)
    else if (from === null || latitude !== from.location.latitude || longitude !== from.location.longitude)
      this.#sql.updatePlace.run(longitude, longitude, latitude, latitude, n)
  }

  #writeWords({ n, isIndexed, from, to }: Shift): void {
    if (to === null) return void this.#sql.deleteWords.run(n)
    if (from !== null && to.name === from.name && to.category === from.category && to.description === from.description) return
    const { name, category, description } = indexWords(to)
    if (isIndexed) this.#sql.updateWords.run(name, category, description, n)
    else this.#sql.insertWords.run(n, name, category, description)
  }
}

/** What the indexes must be told of a POI. */
interface Shift {
  readonly n: number
  readonly isIndexed: boolean
  /** what they hold of it, where that is known */
  readonly from: ProcessedPoi | null
  /** null: nothing, it was removed */
  readonly to: ProcessedPoi | null
}

function shiftOf({ n, before, latest }: NewState): Shift | undefined {
  if (latest === null) return undefined
  const to = latest.poi.operation === 'REMOVE' ? null : latest.poi
  const isIndexed = before?.listed === true
  if (!isIndexed && to === null) return undefined
  return { n, isIndexed, from: isIndexed && to !== null ? stateOf(before) : null, to }
}

/** The record that made the state, unless a later judgement of it has taken its place in the history. */
function stateOf(before: IndexedPoi): ProcessedPoi | null {
  const entry = decodeProcessed(before.record)
  return entry.type === 'change' && entry.poi.revision === before.revision ? entry.poi : null
}

function prepare(db: DatabaseSync) {
  return {
    categories: db.prepare('SELECT k, name FROM category'),
    insertCategory: db.prepare('INSERT INTO category (k, name) VALUES (?, ?)'),
    insertPoi: db.prepare(
      'INSERT INTO poi (n, id, revision, listed, state, name, category, source, status, latitude, longitude, updated) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
    ),
    updatePoi: db.prepare(
      'UPDATE poi SET revision = ?, listed = ?, state = ?, name = ?, category = ?, source = ?, status = ?, latitude = ?, longitude = ?, updated = ? WHERE n = ?',
    ),
    insertPlace: db.prepare('INSERT INTO place (n, west, east, south, north) VALUES (?, ?, ?, ?, ?)'),
    updatePlace: db.prepare('UPDATE place SET west = ?, east = ?, south = ?, north = ? WHERE n = ?'),
    deletePlace: db.prepare('DELETE FROM place WHERE n = ?'),
    insertWords: db.prepare('INSERT INTO word (rowid, name, category, description) VALUES (?, ?, ?, ?)'),
    updateWords: db.prepare('UPDATE word SET name = ?, category = ?, description = ? WHERE rowid = ?'),
    deleteWords: db.prepare('DELETE FROM word WHERE rowid = ?'),
  }
}
