/**
 * Pages in the orders that have an index, in the cheapest of three ways: sorted from the few rows of another index, walked along the order
 * until the page is full, or, when walking meets too few hits, gathered from the whole table.
 */
import { byKey, type Candidate, candidateOf, columns, sizeOf } from './candidates.sqlite.ts'
import { allOf, type Conditions, type Driver, fromDriver, type Sql, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import { pieces } from './pieces.sqlite.ts'
import type { Reader } from './readers.sqlite.ts'
import type { SearchOrder, SortKey } from './search.ts'

export type WalkOrder = Exclude<SearchOrder['by'], 'RELEVANCE' | 'DISTANCE'>

interface OrderSql {
  readonly index: string
  readonly value: string
  readonly orderBy: string
  readonly direction: 'ascending' | 'descending'
  readonly after: (key: SortKey) => Sql
}

const ORDERS: Readonly<Record<WalkOrder, OrderSql>> = {
  ID: {
    index: 'sqlite_autoindex_poi_1',
    value: "''",
    orderBy: 'p.id',
    direction: 'ascending',
    after: ({ id }) => ({ text: 'p.id > ?', values: [id] }),
  },
  NAME: {
    index: 'poi_name',
    value: 'p.name',
    orderBy: 'p.name, p.id',
    direction: 'ascending',
    after: ({ value, id }) => ({ text: 'p.name >= ? AND (p.name > ? OR p.id > ?)', values: [value, value, id] }),
  },
  UPDATED_AT: {
    index: 'poi_updated',
    value: 'p.updated',
    orderBy: 'p.updated DESC, p.id',
    direction: 'descending',
    after: ({ value, id }) => ({ text: 'p.updated <= ? AND (p.updated < ? OR p.id > ?)', values: [value, value, id] }),
  },
}

export interface WalkRequest {
  readonly by: WalkOrder
  readonly after: SortKey | null
  /** one more than the page holds */
  readonly first: number
  /** steps between two looks at how well walking goes */
  readonly stride?: number | undefined
}

const STRIDE = 2_000
/** A step of a walk costs as much as so many rows of the table that are gathered. */
const STEP_COST = 4

/** The page from the rows of one driver, which are few. */
export function sortFew(reader: Reader, found: Conditions, driver: Driver, request: WalkRequest): Candidate[] {
  return sortedRows(reader, fromDriver(driver, afterSql(request, whereOf(found.conditions, driver))), found, request)
}

/** The page of all POIs: as many steps as it holds. */
export function walkAll(reader: Reader, request: WalkRequest): Candidate[] {
  return sortedRows(reader, fromIndex(request), { conditions: [], words: null, holds: null }, request)
}

export async function walk(reader: Reader, found: Conditions, request: WalkRequest, pace: Pace): Promise<Candidate[]> {
  return (await walkWhilePromising(reader, found, request, pace)) ?? gather(reader, found, request, pace)
}

/** Looks at one POI after the other along the order; undefined when the whole table is cheaper. */
async function walkWhilePromising(
  reader: Reader,
  { conditions, holds }: Conditions,
  request: WalkRequest,
  pace: Pace,
): Promise<Candidate[] | undefined> {
  const { value, orderBy } = ORDERS[request.by]
  const where = whereOf(conditions)
  const from = fromIndex(request)
  // The conditions are a column, so that a row which they do not let through is a step too, after which others may have their turn.
  const sql = `SELECT (${where.text}) AS hit, ${columns(value)} ${from.text} ORDER BY ${orderBy}`
  const { stride = STRIDE } = request
  const worthwhile = sizeOf(reader) / STEP_COST
  const candidates: Candidate[] = []
  let steps = 0
  for (const [hit, ...row] of reader.iterate(sql, [...where.values, ...from.values])) {
    if (++steps % 256 === 0) await pace.breathe()
    if (steps % stride === 0 && (steps * request.first) / candidates.length > worthwhile) return undefined
    if (hit !== 1) continue
    const candidate = candidateOf(row)
    if (holds !== null && !holds(candidate.location)) continue
    candidates.push(candidate)
    if (candidates.length === request.first) break
  }
  return candidates
}

/** The first rows of each piece of the table, and of those the first. */
async function gather(reader: Reader, found: Conditions, request: WalkRequest, pace: Pace): Promise<Candidate[]> {
  const compare = byKey(ORDERS[request.by].direction)
  let candidates: Candidate[] = []
  for await (const piece of pieces(reader, found.conditions, found.words, pace)) {
    const from = afterSql(request, { text: piece.text, values: piece.values })
    candidates.push(...sortedRows(reader, from, found, request))
    if (candidates.length > request.first) candidates = candidates.sort((a, b) => compare(a.key, b.key)).slice(0, request.first)
  }
  return candidates.sort((a, b) => compare(a.key, b.key))
}

/** The first rows in the order, sorted by SQLite where nothing else has to decide. */
function sortedRows(reader: Reader, from: Sql, { holds }: Conditions, { by, first }: WalkRequest): Candidate[] {
  const { value, orderBy } = ORDERS[by]
  const limit = holds === null ? first : -1 // -1: none, since `holds` will drop some
  const candidates = reader
    .tuples(`SELECT ${columns(value)} ${from.text} ORDER BY ${orderBy} LIMIT ?`, [...from.values, limit])
    .map(candidateOf)
  return holds === null ? candidates : candidates.filter(({ location }) => holds(location)).slice(0, first)
}

function fromIndex(request: WalkRequest): Sql {
  const where = afterSql(request, { text: 'p.listed = 1', values: [] })
  return { text: `FROM poi p INDEXED BY ${ORDERS[request.by].index} WHERE ${where.text}`, values: where.values }
}

function afterSql({ by, after }: WalkRequest, where: Sql): Sql {
  return after === null ? where : allOf([where, ORDERS[by].after(after)])
}
