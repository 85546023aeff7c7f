/** Rows of `poi` on their way to becoming hits, and the cheapest index to find them by. */
import type { Location } from '#schema/poi.ts'
import { byCodePoint } from './code-point-order.ts'
import { type Condition, type Driver, fromDriver, type Sql } from './conditions.sqlite.ts'
import type { Reader, Tuple } from './readers.sqlite.ts'
import { poiOf } from './records.sqlite.ts'
import type { Hit, SearchPage, SortKey } from './search.ts'

export interface Candidate {
  /** where its record lies in `history` */
  readonly state: number
  readonly location: Location
  readonly key: SortKey
}

/** The columns of a candidate; `value` is an SQL expression of its sort key. */
export function columns(value: string): string {
  return `p.state, p.latitude, p.longitude, p.id, ${value} AS value`
}

export function candidateOf([state, latitude, longitude, id, value]: Tuple): Candidate {
  return { state: Number(state), location: locationOf(latitude, longitude), key: { value: value as SortKey['value'], id: String(id) } }
}

export function locationOf(latitude: unknown, longitude: unknown): Location {
  return { latitude: Number(latitude), longitude: Number(longitude) }
}

/** How many POIs there are, about: some of the numbers may be of removed ones. */
export function sizeOf(reader: Reader): number {
  return Number(reader.get('SELECT max(n) AS n FROM poi')?.['n'] ?? 0)
}

/** Rows at most, that it pays to find by one index and to sort, rather than to walk along the order until the page is full. */
export function fewFor(reader: Reader, first: number): number {
  // Walking meets `size / rows` POIs for each hit; sorting handles every row, at about three times the cost of a step.
  return Math.min(5_000, Math.max(500, Math.sqrt((first * sizeOf(reader)) / 3)))
}

/** The driver that finds the fewest rows, when it finds no more than the limit. */
export function smallestDriver(reader: Reader, conditions: readonly Condition[], limit: number): Driver | undefined {
  let smallest: Driver | undefined
  let least = Math.floor(limit) + 1
  for (const { driver } of conditions) {
    const rows = countUpTo(reader, driver, least)
    if (rows >= least) continue
    least = rows
    smallest = driver
  }
  return smallest
}

/** How many rows a driver finds, counted up to the limit. */
export function countUpTo(reader: Reader, { table, where }: Driver, limit: number): number {
  const sql = `SELECT count(*) AS rows FROM (SELECT 1 FROM ${table.text} WHERE ${where.text} LIMIT ?)`
  return Number(reader.get(sql, [...table.values, ...where.values, limit])?.['rows'])
}

/** Every candidate of a driver. */
export function candidatesOf(reader: Reader, driver: Driver, more: Sql, holds: ((at: Location) => boolean) | null): Candidate[] {
  const from = fromDriver(driver, more)
  const candidates = reader.tuples(`SELECT ${columns("''")} ${from.text}`, from.values).map(candidateOf)
  return holds === null ? candidates : candidates.filter(({ location }) => holds(location))
}

/** By value, the smallest or the greatest first, then by id. */
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
