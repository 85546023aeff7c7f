/** Pages by relevance: the text index tells for each kind of match which POIs have it; only those of the best scores are looked at. */
import { byKey, type Candidate, candidateOf, columns, sizeOf } from './candidates.sqlite.ts'
import { type Conditions, matchAll, quoted, startOf, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'
import { MATCHES } from './relevance.ts'
import type { SortKey } from './search.ts'

export interface RelevanceRequest {
  readonly words: readonly string[]
  readonly after: SortKey | null
  /** one more than the page holds */
  readonly first: number
}

/** POIs by number whose index entries are read together: some ms. */
const PIECE = 32_768
/** POIs that are looked up together. */
const TOGETHER = 4_096

const bestFirst = byKey('descending')

/** The page, from the best score down, until it is full. */
export async function mostRelevant(reader: Reader, found: Conditions, request: RelevanceRequest, pace: Pace): Promise<Candidate[]> {
  const byScore = await scores(reader, request.words, pace)
  const page: Candidate[] = []
  for (const points of [...byScore.keys()].sort((a, b) => b - a)) {
    if (request.after !== null && points > Number(request.after.value)) continue
    const equals = byScore.get(points) ?? []
    const candidates: Candidate[] = []
    for (let at = 0; at < equals.length; at += TOGETHER) {
      candidates.push(...firstById(reader, found, equals.slice(at, at + TOGETHER), points, request))
      await pace.breathe()
    }
    page.push(...candidates.sort((a, b) => bestFirst(a.key, b.key)))
    if (page.length >= request.first) break
  }
  return page.slice(0, request.first)
}

/** The POIs (their numbers) by the points of `relevance.ts`. Only the index is read. */
async function scores(reader: Reader, words: readonly string[], pace: Pace): Promise<Map<number, number[]>> {
  const byScore = new Map<number, number[]>()
  const all = matchAll(words)
  const last = sizeOf(reader)
  for (let start = 1; start <= last; start += PIECE) {
    const total = new Uint32Array(PIECE)
    for (const word of words) {
      const seen = new Uint8Array(PIECE)
      for (const { points, field, isWhole } of MATCHES) {
        const match = `(${field} : ${isWhole ? quoted(word) : startOf(word)}) AND ${all}`
        for (const n of numbersOf(reader, match, start)) {
          if (seen[n - start] === 1) continue
          seen[n - start] = 1
          total[n - start] = (total[n - start] ?? 0) + points
        }
      }
      await pace.breathe()
    }
    for (const [i, points] of total.entries()) {
      if (points === 0) continue
      const equals = byScore.get(points)
      if (equals === undefined) byScore.set(points, [start + i])
      else equals.push(start + i)
    }
  }
  return byScore
}

/** As one JSON text, which costs a tenth of as many rows. */
function numbersOf(reader: Reader, match: string, start: number): number[] {
  const sql = 'SELECT json_group_array(rowid) AS numbers FROM word WHERE word MATCH ? AND rowid BETWEEN ? AND ?'
  return JSON.parse(String(reader.get(sql, [match, start, start + PIECE - 1])?.['numbers'])) as number[]
}

/** Those of equal points that meet the other conditions, the smallest ids first, as many as a page can need. */
function firstById(
  reader: Reader,
  { conditions, holds }: Conditions,
  numbers: readonly number[],
  points: number,
  request: RelevanceRequest,
): Candidate[] {
  // The words are seen to: whoever has points has all of them.
  const where = whereOf(conditions, conditions.find(({ kind }) => kind === 'words')?.driver)
  const { after, first } = request
  const id = after !== null && points === after.value ? after.id : ''
  const limit = holds === null ? first : -1 // -1: none, since `holds` will drop some
  const sql = `SELECT ${columns('?')} FROM json_each(?) i CROSS JOIN poi p ON p.n = i.value WHERE p.id > ? AND ${where.text} ORDER BY p.id LIMIT ?`
  const candidates = reader.tuples(sql, [points, JSON.stringify(numbers), id, ...where.values, limit]).map(candidateOf)
  return holds === null ? candidates : candidates.filter(({ location }) => holds(location))
}
