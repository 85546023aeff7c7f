/** Exact counts: from one index when it finds few rows, else over the whole table in pieces. */
import { countUpTo, locationOf, smallestDriver } from './candidates.sqlite.ts'
import { type Conditions, fromDriver, type Sql, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import { pieces } from './pieces.sqlite.ts'
import type { Reader } from './readers.sqlite.ts'
import type { FacetField } from './search.ts'

/** What is counted by, as columns of `poi p`; without a column all rows are counted together, under ''. */
const COLUMNS = { CATEGORY: 'p.category', SOURCE: 'p.source', STATUS: 'p.status' } as const satisfies Record<FacetField, string>
export type TallyBy = FacetField | 'NOTHING'

/** Values of the column with their counts; NULL is not counted. Categories are numbers. */
export type Tally = Map<string | number, number>

const FEW = 3_000
/** Rows that an index may count by itself in one go: some ms. */
const INDEX_ONLY = 30_000

/** Counts what one index finds when that is little, or what an index alone can count; undefined when it would take long. */
export function tallyFew(reader: Reader, found: Conditions, by: TallyBy, fewRows = FEW): Tally | undefined {
  const tally: Tally = new Map()
  if (found.conditions.length === 0) {
    add(reader, { text: 'FROM poi p WHERE p.listed = 1', values: [] }, found, by, tally)
    return tally
  }
  const [only, ...others] = found.conditions
  const isCountable = by === 'NOTHING' && found.holds === null && others.length === 0
  if (isCountable && only?.count !== undefined && countUpTo(reader, only.driver, INDEX_ONLY) < INDEX_ONLY) {
    increase(tally, '', Number(reader.get(only.count.text, only.count.values)?.['rows']))
    return tally
  }
  const driver = smallestDriver(reader, found.conditions, fewRows)
  if (driver === undefined) return undefined
  add(reader, fromDriver(driver, whereOf(found.conditions, driver)), found, by, tally)
  return tally
}

/** Counts piece by piece. */
export async function tallyAll(reader: Reader, found: Conditions, by: TallyBy, pace: Pace): Promise<Tally> {
  const tally: Tally = new Map()
  for await (const piece of pieces(reader, found.conditions, found.words, pace)) add(reader, piece, found, by, tally)
  return tally
}

function add(reader: Reader, from: Sql, { holds }: Conditions, by: TallyBy, tally: Tally): void {
  const column = by === 'NOTHING' ? "''" : COLUMNS[by]
  if (holds === null) {
    const groups = by === 'NOTHING' ? '' : 'GROUP BY 1'
    const rows = reader.tuples(`SELECT ${column}, count(*) ${from.text} ${groups}`, from.values)
    for (const [value, count] of rows) increase(tally, value, Number(count))
  } else {
    const rows = reader.tuples(`SELECT ${column}, p.latitude, p.longitude ${from.text}`, from.values)
    for (const [value, latitude, longitude] of rows) if (holds(locationOf(latitude, longitude))) increase(tally, value, 1)
  }
}

function increase(tally: Tally, value: unknown, count: number): void {
  if (typeof value === 'string' || typeof value === 'number') tally.set(value, (tally.get(value) ?? 0) + count)
}
