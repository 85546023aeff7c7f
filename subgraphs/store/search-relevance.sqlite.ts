/**
 * Pages by relevance. Few POIs are read and judged one by one; of many, the text index tells for each kind of match which ones have it, and
 * only those of the best scores are looked at.
 */
import { byKey, type Candidate, candidateOf, columns, sizeOf } from './candidates.sqlite.ts'
import { type Conditions, type Driver, fromDriver, matchAll, quoted, startOf, whereOf } from './conditions.sqlite.ts'
import { indexWords } from './index-words.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'
import { poiOf } from './records.sqlite.ts'
import { MATCHES, relevanceOf } from './relevance.ts'
import type { SortKey } from './search.ts'
import { allNumbersOf, numbersOf, rangesOf } from './word-numbers.sqlite.ts'

export interface RelevanceRequest {
  readonly words: readonly string[]
  readonly after: SortKey | null
  /** one more than the page holds */
  readonly first: number
}

/** POIs that it pays to judge one by one: some ms. */
export const FEW_TO_JUDGE = 500
/** POIs that are looked up together. */
const TOGETHER = 4_096

const bestFirst = byKey('descending')

/** The page from the rows of one driver, which are few. */
export function mostRelevantOfFew(
  reader: Reader,
  { conditions, holds }: Conditions,
  driver: Driver,
  request: RelevanceRequest,
): Candidate[] {
  // What a POI scores tells as well whether it has the words at all.
  const others = conditions.filter(({ kind }) => kind !== 'words')
  const from = fromDriver(driver, whereOf(others, driver))
  const candidates: Candidate[] = []
  for (const row of reader.tuples(`SELECT ${columns("''")} ${from.text}`, from.values)) {
    const candidate = candidateOf(row)
    if (holds !== null && !holds(candidate.location)) continue
    const record = reader.get('SELECT record FROM history WHERE h = ?', [candidate.state])
    const points = record === undefined ? 0 : relevanceOf(request.words, indexWords(poiOf(record)))
    const key = { value: points, id: candidate.key.id }
    if (points > 0 && (request.after === null || bestFirst(key, request.after) > 0)) candidates.push({ ...candidate, key })
  }
  return candidates.sort((a, b) => bestFirst(a.key, b.key)).slice(0, request.first)
}

/** The page, from the best score down, until it is full. */
export async function mostRelevant(reader: Reader, found: Conditions, request: RelevanceRequest, pace: Pace): Promise<Candidate[]> {
  const page: Candidate[] = []
  for await (const { points, numbers } of scores(reader, request.words, pace)) {
    if (request.after !== null && points > Number(request.after.value)) continue
    const candidates: Candidate[] = []
    for (let at = 0; at < numbers.length; at += TOGETHER) {
      candidates.push(...firstById(reader, found, numbers.slice(at, at + TOGETHER), points, request))
      await pace.breathe()
    }
    page.push(...candidates.sort((a, b) => bestFirst(a.key, b.key)))
    if (page.length >= request.first) break
  }
  return page.slice(0, request.first)
}

interface Score {
  readonly points: number
  /** the POIs that have them, by number */
  readonly numbers: readonly number[]
}

/** Scores by `relevance.ts`, the best first. Only the index is read. */
function scores(reader: Reader, words: readonly string[], pace: Pace): AsyncIterable<Score> {
  const [word, ...others] = words
  return word !== undefined && others.length === 0 ? scoresOfOne(reader, word, pace) : scoresOfMany(reader, words, pace)
}

/** With a single word each kind of match is a score, and those that a page does not need are never asked for. */
async function* scoresOfOne(reader: Reader, word: string, pace: Pace): AsyncGenerator<Score> {
  const seen = new Uint8Array(sizeOf(reader) + 1)
  for (const match of MATCHES) {
    const fresh: number[] = []
    for await (const numbers of allNumbersOf(reader, queryOf(match, word), pace)) {
      for (const n of numbers) {
        if (seen[n] === 1) continue
        seen[n] = 1
        fresh.push(n)
      }
    }
    if (fresh.length > 0) yield { points: match.points, numbers: fresh }
  }
}

async function* scoresOfMany(reader: Reader, words: readonly string[], pace: Pace): AsyncGenerator<Score> {
  const byPoints = new Map<number, number[]>()
  for (const range of rangesOf(reader)) {
    const total = new Uint32Array(range.size)
    for (const word of words) {
      const others = matchAll(words.filter(other => other !== word))
      const seen = new Uint8Array(range.size)
      for (const match of MATCHES) {
        for (const n of numbersOf(reader, `${queryOf(match, word)} AND ${others}`, range)) {
          const i = n - range.start
          if (seen[i] === 1) continue
          seen[i] = 1
          total[i] = (total[i] ?? 0) + match.points
        }
      }
      await pace.breathe()
    }
    for (const [i, points] of total.entries()) {
      if (points === 0) continue
      const equals = byPoints.get(points)
      if (equals === undefined) byPoints.set(points, [range.start + i])
      else equals.push(range.start + i)
    }
  }
  for (const points of [...byPoints.keys()].sort((a, b) => b - a)) yield { points, numbers: byPoints.get(points) ?? [] }
}

function queryOf({ field, isWhole }: (typeof MATCHES)[number], word: string): string {
  return `(${field} : ${isWhole ? quoted(word) : startOf(word)})`
}

/** Those of equal points that meet the other conditions, the smallest ids first, as many as a page can need. */
function firstById(
  reader: Reader,
  { conditions, holds }: Conditions,
  numbers: readonly number[],
  points: number,
  { after, first }: RelevanceRequest,
): Candidate[] {
  // The words are seen to: whoever has points has all of them.
  const where = whereOf(conditions.filter(({ kind }) => kind !== 'words'))
  const id = after !== null && points === after.value ? after.id : ''
  const limit = holds === null ? first : -1 // -1: none, since `holds` will drop some
  const sql = `SELECT ${columns('?')} FROM json_each(?) i CROSS JOIN poi p ON p.n = i.value WHERE p.id > ? AND ${where.text} ORDER BY p.id LIMIT ?`
  const candidates = reader.tuples(sql, [points, JSON.stringify(numbers), id, ...where.values, limit]).map(candidateOf)
  return holds === null ? candidates : candidates.filter(({ location }) => holds(location))
}
