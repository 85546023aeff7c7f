/**
 * A filter in SQL. Rows of `poi p` that the conditions let through and `holds` agrees to are exactly those that `matches` of
 * `schema/poi-filter.ts` means. Every value is a parameter; no text of a client ever becomes SQL or FTS5 syntax.
 */
import type { SQLInputValue } from 'node:sqlite'
import { type Box, boxesAround, boxesOf, distanceMeters, polygonBoxes, polygonContains } from '#schema/geo.ts'
import type { Location } from '#schema/poi.ts'
import type { PoiFilter } from '#schema/poi-filter.ts'

/** A piece of SQL with the values of its question marks, in their order. */
export interface Sql {
  readonly text: string
  readonly values: readonly SQLInputValue[]
}

/** One condition on `poi p`, and the index that finds the rows for which it holds (or may hold) without looking at the others. */
export interface Condition {
  readonly kind: 'words' | 'other'
  readonly where: Sql
  readonly driver: Driver
  /** A statement that counts the rows for which it holds (`rows`), where the index can do so without looking at each. */
  readonly count?: Sql
}

/** `SELECT … FROM ${table} ${join} WHERE ${where}` gives `poi p`; the table without the join gives as many rows. */
export interface Driver {
  readonly table: Sql
  readonly join: string
  readonly where: Sql
  /** It finds no row for which its condition does not hold. */
  readonly isExact: boolean
}

export interface Conditions {
  readonly conditions: readonly Condition[]
  /** what the condition of kind `words` looks for */
  readonly words: readonly string[] | null
  /** What SQL cannot decide exactly; null when it decides everything. */
  readonly holds: ((location: Location) => boolean) | null
}

/** undefined when nothing can match. */
export function conditionsOf(filter: PoiFilter): Conditions | undefined {
  const { ids, categories, sources, words, updatedSince, box, near, polygon } = filter
  if (ids?.size === 0 || categories?.size === 0 || sources?.size === 0) return undefined
  const conditions: Condition[] = []
  if (ids !== null) conditions.push(idCondition(ids))
  if (words !== null) conditions.push(wordCondition(words))
  if (near !== null) conditions.push(placeCondition(boxesAround(near.centre, near.radiusMeters)))
  if (polygon !== null) conditions.push(placeCondition(polygonBoxes(polygon)))
  if (box !== null && !isWholeWorld(box)) conditions.push(placeCondition(boxesOf(box)))
  if (categories !== null) conditions.push(ownCondition('poi_category', CATEGORIES, [jsonOf(categories)]))
  if (sources !== null) conditions.push(ownCondition('poi_source', 'p.source IN (SELECT value FROM json_each(?))', [jsonOf(sources)]))
  if (updatedSince !== null) conditions.push(ownCondition('poi_updated', 'p.updated >= ?', [updatedSince]))
  return { conditions, words, holds: exactly(near, polygon) }
}

const LISTED: Sql = { text: 'p.listed = 1', values: [] }

/** All conditions on `poi p`, each left out that the driver sees to. */
export function whereOf(conditions: readonly Condition[], driver?: Driver): Sql {
  const others = conditions.filter(condition => condition.driver !== driver || !driver.isExact)
  return allOf([LISTED, ...others.map(condition => condition.where)])
}

/** The rows of `poi p` that a driver finds, narrowed by more conditions. */
export function fromDriver({ table, join, where }: Driver, more: Sql): Sql {
  const all = allOf([where, more])
  return { text: `FROM ${table.text} ${join} WHERE ${all.text}`, values: [...table.values, ...all.values] }
}

export function allOf(parts: readonly Sql[]): Sql {
  return { text: parts.map(part => part.text).join(' AND '), values: parts.flatMap(part => part.values) }
}

/** The FTS5 query for all words: quoted, so that nothing in them is an operator. */
export function matchAll(words: readonly string[]): string {
  return words.map(startOf).join(' AND ')
}

export function startOf(word: string): string {
  return `${quoted(word)} *`
}

export function quoted(word: string): string {
  return `"${word.replaceAll('"', '""')}"`
}

// '0' follows '/', so this is the category itself and every level below. It meets few rows: `category` holds each category once.
const CATEGORIES = `p.category IN (
  SELECT c.k FROM json_each(?) w JOIN category c ON c.name = w.value OR (c.name > w.value || '/' AND c.name < w.value || '0'))`

function idCondition(ids: ReadonlySet<string>): Condition {
  return ownCondition('sqlite_autoindex_poi_1', 'p.id IN (SELECT value FROM json_each(?))', [jsonOf(ids)])
}

function wordCondition(words: readonly string[]): Condition {
  const values = [matchAll(words)]
  return {
    kind: 'words',
    where: { text: 'p.n IN (SELECT rowid FROM word WHERE word MATCH ?)', values },
    driver: {
      table: { text: 'word w', values: [] },
      join: 'CROSS JOIN poi p ON p.n = w.rowid',
      where: { text: 'w.word MATCH ?', values },
      isExact: true,
    },
  }
}

// The R*Tree rounds outward by a factor, which leaves what rounds to 0 at 0: a latitude of 5e-324 would be missed by a box that begins there.
const TINY = 1e-30

/** For boxes with west ≤ east, of which there are one or two. */
export function placeCondition(boxes: readonly Box[]): Condition {
  const values = boxes.flatMap(({ west, east, south, north }) => [west, east, south, north])
  const widened = boxes.flatMap(({ west, east, south, north }) => [west - TINY, east + TINY, south - TINY, north + TINY])
  const narrowed = boxes.flatMap(({ west, east, south, north }) => [west + TINY, east - TINY, south + TINY, north - TINY])
  const each = boxes.map(() => '(p.longitude BETWEEN ? AND ? AND p.latitude BETWEEN ? AND ?)')
  const found = boxes.map(() => 'SELECT n FROM place WHERE east >= ? AND west <= ? AND north >= ? AND south <= ?')
  const near = boxes.map(() => 'SELECT * FROM place WHERE east >= ? AND west <= ? AND north >= ? AND south <= ?')
  const surely = '(west >= ? AND east <= ? AND south >= ? AND north <= ?)'
  // What lies inside after it was rounded outward lies inside; only the few on the edges must be compared.
  const inside = boxes.map(() => `SELECT n FROM place WHERE ${surely}`).join(' UNION ')
  const onEdges = `(${near.join(' UNION ')}) r CROSS JOIN poi p ON p.n = r.n WHERE NOT (${boxes.map(() => surely).join(' OR ')}) AND (${each.join(' OR ')})`
  return {
    kind: 'other',
    count: {
      text: `SELECT (SELECT count(*) FROM (${inside})) + (SELECT count(*) FROM ${onEdges}) AS rows`,
      values: [...narrowed, ...widened, ...narrowed, ...values],
    },
    where: { text: `(${each.join(' OR ')})`, values },
    driver: {
      table: { text: `(${found.join(' UNION ')}) r`, values: widened },
      join: 'CROSS JOIN poi p ON p.n = r.n',
      where: { text: '1', values: [] },
      isExact: false, // it rounds
    },
  }
}

function ownCondition(index: string, text: string, values: readonly SQLInputValue[]): Condition {
  const where = { text, values }
  return {
    kind: 'other',
    where,
    driver: { table: { text: `poi p INDEXED BY ${index}`, values: [] }, join: '', where: allOf([LISTED, where]), isExact: true },
  }
}

function isWholeWorld({ west, south, east, north }: Box): boolean {
  return west <= -180 && east >= 180 && south <= -90 && north >= 90
}

function exactly(near: PoiFilter['near'], polygon: PoiFilter['polygon']): Conditions['holds'] {
  if (near === null && polygon === null) return null
  return location =>
    (near === null || distanceMeters(near.centre, location) <= near.radiusMeters) &&
    (polygon === null || polygonContains(polygon, location))
}

function jsonOf(texts: ReadonlySet<string>): string {
  return JSON.stringify([...texts])
}
