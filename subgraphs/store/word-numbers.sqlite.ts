/** The text index, asked for the numbers of POIs. */
import { sizeOf } from './candidates.sqlite.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'

/**
 * POIs by number that one question is about. The index gathers all that begins with a word before it looks at numbers, so smaller ranges
 * would have it gather the same again and again; this many take some ms.
 */
const RANGE = 65_536

/** Consecutive numbers. */
export interface Range {
  readonly start: number
  readonly size: number
}

/** The ranges that the numbers of all POIs fall into. */
export function rangesOf(reader: Reader): readonly Range[] {
  return Array.from({ length: Math.ceil(sizeOf(reader) / RANGE) }, (_, i) => ({ start: 1 + i * RANGE, size: RANGE }))
}

/** The POIs of a range that an FTS5 query finds; as one JSON text, which costs a tenth of as many rows. */
export function numbersOf(reader: Reader, match: string, { start, size }: Range): number[] {
  const sql = 'SELECT json_group_array(rowid) AS numbers FROM word WHERE word MATCH ? AND rowid BETWEEN ? AND ?'
  return JSON.parse(String(reader.get(sql, [match, start, start + size - 1])?.['numbers'])) as number[]
}

/** The POIs that an FTS5 query finds, range by range. */
export async function* allNumbersOf(reader: Reader, match: string, pace: Pace): AsyncGenerator<number[]> {
  for (const range of rangesOf(reader)) {
    yield numbersOf(reader, match, range)
    await pace.breathe()
  }
}
