/** Pages in the orders that have an index: either sorted from few rows, or walked along the index until the page is full. */
import { type Candidate, COLUMNS, candidateOf } from './candidates.sqlite.ts'
import { allOf, type Conditions, type Driver, fromDriver, type Sql, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'
import type { SearchOrder, SortKey } from './search.ts'

export type WalkOrder = Exclude<SearchOrder['by'], 'RELEVANCE' | 'DISTANCE'>

interface OrderSql {
  readonly index: string
  readonly value: string
  readonly orderBy: string
  readonly after: (key: SortKey) => Sql
}

const ORDERS: Readonly<Record<WalkOrder, OrderSql>> = {
  ID: {
    index: 'sqlite_autoindex_poi_1',
    value: "''",
    orderBy: 'p.id',
    after: ({ id }) => ({ text: 'p.id > ?', values: [id] }),
  },
  NAME: {
    index: 'poi_name',
    value: 'p.name',
    orderBy: 'p.name, p.id',
    after: ({ value, id }) => ({ text: 'p.name >= ? AND (p.name > ? OR p.id > ?)', values: [value, value, id] }),
  },
  UPDATED_AT: {
    index: 'poi_updated',
    value: 'p.updated',
    orderBy: 'p.updated DESC, p.id',
    after: ({ value, id }) => ({ text: 'p.updated <= ? AND (p.updated < ? OR p.id > ?)', values: [value, value, id] }),
  },
}

/** All that a page asks of its rows. `first` counts one more than the page holds. */
export interface WalkRequest {
  readonly by: WalkOrder
  readonly after: SortKey | null
  readonly first: number
}

/** The page from the rows of one driver, which are few. */
export function sortFew(reader: Reader, { conditions, holds }: Conditions, driver: Driver, { by, after, first }: WalkRequest): Candidate[] {
  const { value, orderBy, after: afterKey } = ORDERS[by]
  const where = whereOf(conditions, driver)
  const from = fromDriver(driver, after === null ? where : allOf([where, afterKey(after)]))
  const limit = holds === null ? first : -1 // -1: none, since `holds` will drop some
  const rows = reader.all(`SELECT ${COLUMNS}, ${value} AS value ${from.text} ORDER BY ${orderBy} LIMIT ?`, [...from.values, limit])
  const candidates = rows.map(row => candidateOf(row, row['value'] as SortKey['value']))
  return (holds === null ? candidates : candidates.filter(({ location }) => holds(location))).slice(0, first)
}

/** The page of all POIs: as many steps as it holds. */
export function walkAll(reader: Reader, { by, after, first }: WalkRequest): Candidate[] {
  const { value, orderBy } = ORDERS[by]
  const from = fromIndex(by, after)
  const rows = reader.all(`SELECT ${COLUMNS}, ${value} AS value ${from.text} ORDER BY ${orderBy} LIMIT ?`, [...from.values, first])
  return rows.map(row => candidateOf(row, row['value'] as SortKey['value']))
}

/** The page along the order, looking at one POI after the other. */
export async function walk(reader: Reader, { conditions, holds }: Conditions, request: WalkRequest, pace: Pace): Promise<Candidate[]> {
  const { by, after, first } = request
  const { value, orderBy } = ORDERS[by]
  const where = whereOf(conditions)
  const from = fromIndex(by, after)
  // The conditions are a column, so that a row which they do not let through is a step too, after which others may have their turn.
  const sql = `SELECT ${COLUMNS}, ${value} AS value, (${where.text}) AS hit ${from.text} ORDER BY ${orderBy}`
  const candidates: Candidate[] = []
  let steps = 0
  for (const row of reader.iterate(sql, [...where.values, ...from.values])) {
    if (++steps % 256 === 0) await pace.breathe()
    if (row['hit'] !== 1) continue
    const candidate = candidateOf(row, row['value'] as SortKey['value'])
    if (holds !== null && !holds(candidate.location)) continue
    candidates.push(candidate)
    if (candidates.length === first) break
  }
  return candidates
}

function fromIndex(by: WalkOrder, after: SortKey | null): Sql {
  const { index, after: afterKey } = ORDERS[by]
  const listed: Sql = { text: 'p.listed = 1', values: [] }
  const where = after === null ? listed : allOf([listed, afterKey(after)])
  return { text: `FROM poi p INDEXED BY ${index} WHERE ${where.text}`, values: where.values }
}
