/** Exact counts: from one index when it finds few rows, else over the whole table in pieces. */
import { locationOf, smallestDriver } from './candidates.sqlite.ts'
import { allOf, type Conditions, fromDriver, type Sql, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'

/** What is counted by: an SQL expression on `poi p`. NULL is not counted. */
export const TALLY = { ALL: '1', CATEGORY: 'p.category', SOURCE: 'p.source', STATUS: 'p.status' } as const

/** Values of the expression with their counts. */
export type Tally = Map<string | number, number>

const FEW = 3_000
/** POIs by number in one piece: some ms. */
const PIECE = 8_192

/** Counts what one index finds when that is little, or what an index alone can count; undefined when it would take long. */
export function tallyFew(reader: Reader, found: Conditions, expression: string, fewRows = FEW): Tally | undefined {
  const tally: Tally = new Map()
  if (found.conditions.length === 0 && expression !== TALLY.STATUS) {
    add(reader, { text: 'FROM poi p WHERE p.listed = 1', values: [] }, found, expression, tally)
    return tally
  }
  const driver = smallestDriver(reader, found.conditions, fewRows)
  if (driver === undefined) return undefined
  add(reader, fromDriver(driver, whereOf(found.conditions, driver)), found, expression, tally)
  return tally
}

/** Counts piece by piece; each looks at every POI in a range of numbers. */
export async function tallyAll(reader: Reader, found: Conditions, expression: string, pace: Pace): Promise<Tally> {
  const tally: Tally = new Map()
  const last = Number(reader.get('SELECT max(n) AS n FROM poi')?.['n'] ?? 0)
  // The text index can be asked for a range of numbers, but not be looked up by number.
  const words = found.conditions.find(({ driver }) => driver.table.text === 'word w')?.driver
  const where = whereOf(found.conditions, words)
  for (let start = 1; start <= last; start += PIECE) {
    const values = [start, start + PIECE - 1]
    const piece =
      words === undefined
        ? { text: `FROM poi p NOT INDEXED WHERE p.n BETWEEN ? AND ? AND ${where.text}`, values: [...values, ...where.values] }
        : fromDriver(words, allOf([{ text: 'w.rowid BETWEEN ? AND ?', values }, where]))
    add(reader, piece, found, expression, tally)
    await pace.breathe()
  }
  return tally
}

function add(reader: Reader, from: Sql, { holds }: Conditions, expression: string, tally: Tally): void {
  if (holds === null) {
    const rows = reader.all(`SELECT ${expression} AS value, count(*) AS count ${from.text} GROUP BY 1`, from.values)
    for (const row of rows) increase(tally, row['value'], Number(row['count']))
  } else {
    const rows = reader.all(`SELECT ${expression} AS value, p.latitude, p.longitude ${from.text}`, from.values)
    for (const row of rows) if (holds(locationOf(row))) increase(tally, row['value'], 1)
  }
}

function increase(tally: Tally, value: unknown, count: number): void {
  if (typeof value === 'string' || typeof value === 'number') tally.set(value, (tally.get(value) ?? 0) + count)
}
