/** The whole table in pieces of some ms each, for queries that no index narrows down. */
import { sizeOf } from './candidates.sqlite.ts'
import { allOf, type Condition, fromDriver, type Sql, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'

/** POIs by number in one piece. */
const PIECE = 8_192

/** `FROM … WHERE …` of each piece: the rows of `poi p` in a range of numbers that meet all conditions. */
export async function* pieces(reader: Reader, conditions: readonly Condition[], pace: Pace): AsyncGenerator<Sql> {
  const last = sizeOf(reader)
  // The text index can be asked for a range of numbers; looking each number up in it would read all of its rows for each piece.
  const words = conditions.find(({ kind }) => kind === 'words')?.driver
  const where = whereOf(conditions, words)
  for (let start = 1; start <= last; start += PIECE) {
    const range = [start, start + PIECE - 1]
    yield words === undefined
      ? { text: `FROM poi p NOT INDEXED WHERE p.n BETWEEN ? AND ? AND ${where.text}`, values: [...range, ...where.values] }
      : fromDriver(words, allOf([{ text: 'w.rowid BETWEEN ? AND ?', values: range }, where]))
    await pace.breathe()
  }
}
