/** Rows of `poi` on their way to becoming hits, and the cheapest index to find them by. */
import type { Location } from '#schema/poi.ts'
import { byCodePoint } from './code-point-order.ts'
import { type Condition, type Driver, fromDriver, type Sql } from './conditions.sqlite.ts'
import type { Reader, Row } from './readers.sqlite.ts'
import { poiOf } from './records.sqlite.ts'
import type { Hit, SearchPage, SortKey } from './search.ts'

export interface Candidate {
  /** where its record lies in `history` */
  readonly state: number
  readonly location: Location
  readonly key: SortKey
}

export const COLUMNS = 'p.n, p.id, p.state, p.latitude, p.longitude'

export function candidateOf(row: Row, value: SortKey['value']): Candidate {
  return { state: Number(row['state']), location: locationOf(row), key: { value, id: String(row['id']) } }
}

export function locationOf(row: Row): Location {
  return { latitude: Number(row['latitude']), longitude: Number(row['longitude']) }
}

/** Rows at most, that it pays to find by one index and to sort, rather than to walk along the order until the page is full. */
export function fewFor(reader: Reader, first: number): number {
  const all = Number(reader.get('SELECT max(n) AS n FROM poi')?.['n'] ?? 0)
  // Walking meets `all / rows` POIs for each hit; sorting handles every row, at about three times the cost of a step.
  return Math.min(5_000, Math.max(500, Math.sqrt((first * all) / 3)))
}

/** The driver that finds the fewest rows, and how many, counted up to the limit; undefined when each finds more. */
export function smallestDriver(reader: Reader, conditions: readonly Condition[], limit: number): Driver | undefined {
  let smallest: Driver | undefined
  let least = Math.floor(limit) + 1
  for (const { driver } of conditions) {
    const { table, where } = driver
    const sql = `SELECT count(*) AS rows FROM (SELECT 1 FROM ${table.text} WHERE ${where.text} LIMIT ?)`
    const rows = Number(reader.get(sql, [...table.values, ...where.values, least])?.['rows'])
    if (rows >= least) continue
    least = rows
    smallest = driver
  }
  return smallest
}

/** Every candidate of a driver. `value` is an SQL expression of the sort key. */
export function candidatesOf(
  reader: Reader,
  driver: Driver,
  more: Sql,
  value: string,
  holds: ((at: Location) => boolean) | null,
): Candidate[] {
  const from = fromDriver(driver, more)
  const candidates: Candidate[] = []
  for (const row of reader.all(`SELECT ${COLUMNS}, ${value} AS value ${from.text}`, from.values)) {
    const candidate = candidateOf(row, row['value'] as SortKey['value'])
    if (holds === null || holds(candidate.location)) candidates.push(candidate)
  }
  return candidates
}

/** By value, the greatest first or the smallest, then by id. */
export function byKey(direction: 'ascending' | 'descending'): (a: SortKey, b: SortKey) => number {
  const sign = direction === 'ascending' ? 1 : -1
  return (a, b) => sign * compareValues(a.value, b.value) || byCodePoint(a.id, b.id)
}

function compareValues(a: SortKey['value'], b: SortKey['value']): number {
  return typeof a === 'string' && typeof b === 'string' ? byCodePoint(a, b) : Number(a) - Number(b)
}

/** The page of candidates that are in order already, one more than the page holds when there is more. */
export function pageOf(reader: Reader, candidates: readonly Candidate[], first: number): SearchPage {
  const hits = candidates.slice(0, first).map(({ state, key }): Hit => {
    const row = reader.get('SELECT record FROM history WHERE h = ?', [state])
    if (row === undefined) throw new Error('A POI without the record of its state')
    return { poi: poiOf(row), key }
  })
  return { hits, hasMore: candidates.length > first }
}
