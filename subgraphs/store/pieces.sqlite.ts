/** The whole table in pieces of some ms each, for queries that no index narrows down. */
import { sizeOf } from './candidates.sqlite.ts'
import { type Condition, matchAll, type Sql, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'
import { allNumbersOf } from './word-numbers.sqlite.ts'

/** POIs in one piece. */
const PIECE = 8_192

/**
 * `FROM … WHERE …` of each piece: together the rows of `poi p` that meet all conditions.
 * @param words those of the filter, if it has any: the text index then tells which POIs come into question
 */
export async function* pieces(
  reader: Reader,
  conditions: readonly Condition[],
  words: readonly string[] | null,
  pace: Pace,
): AsyncGenerator<Sql> {
  const where = whereOf(conditions.filter(({ kind }) => kind !== 'words'))
  if (words === null) {
    const last = sizeOf(reader)
    for (let start = 1; start <= last; start += PIECE) {
      const range = [start, start + PIECE - 1]
      yield { text: `FROM poi p NOT INDEXED WHERE p.n BETWEEN ? AND ? AND ${where.text}`, values: [...range, ...where.values] }
      await pace.breathe()
    }
  } else {
    for await (const numbers of allNumbersOf(reader, matchAll(words), pace)) {
      for (let at = 0; at < numbers.length; at += PIECE) {
        const some = JSON.stringify(numbers.slice(at, at + PIECE))
        yield { text: `FROM json_each(?) i CROSS JOIN poi p ON p.n = i.value WHERE ${where.text}`, values: [some, ...where.values] }
        await pace.breathe()
      }
    }
  }
}
