/** Pages by relevance: the text index tells for each kind of match which POIs have it. */
import { byKey, type Candidate, COLUMNS, candidateOf, locationOf } from './candidates.sqlite.ts'
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

/** POIs that are looked up in one statement. */
const TOGETHER = 500

/** The page, from the best score down, until it is full. */
export async function mostRelevant(reader: Reader, conditions: Conditions, request: RelevanceRequest, pace: Pace): Promise<Candidate[]> {
  const byScore = await scores(reader, request.words, pace)
  const page: Candidate[] = []
  for (const points of [...byScore.keys()].sort((a, b) => b - a)) {
    if (request.after !== null && points > Number(request.after.value)) continue
    const equals = byScore.get(points) ?? []
    const found: Candidate[] = []
    for (let at = 0; at < equals.length; at += TOGETHER) {
      found.push(...matching(reader, conditions, equals.slice(at, at + TOGETHER), points))
      await pace.breathe()
    }
    page.push(...afterKey(found, request.after).sort((a, b) => bestFirst(a.key, b.key)))
    if (page.length >= request.first) break
  }
  return page.slice(0, request.first)
}

/** The POIs (their numbers) by the points of `relevance.ts`. Only the index is read. */
async function scores(reader: Reader, words: readonly string[], pace: Pace): Promise<Map<number, number[]>> {
  const total = new Map<number, number>()
  const all = matchAll(words)
  for (const word of words) {
    const seen = new Set<number>()
    for (const { points, field, isWhole } of MATCHES) {
      const match = `(${field} : ${isWhole ? quoted(word) : startOf(word)}) AND ${all}`
      let steps = 0
      for (const row of reader.iterate('SELECT rowid AS n FROM word WHERE word MATCH ?', [match])) {
        if (++steps % 256 === 0) await pace.breathe()
        const n = Number(row['n'])
        if (seen.has(n)) continue
        seen.add(n)
        total.set(n, (total.get(n) ?? 0) + points)
      }
    }
  }
  return Map.groupBy(total.keys(), n => total.get(n) ?? 0)
}

function matching(reader: Reader, { conditions, holds }: Conditions, numbers: readonly number[], points: number): Candidate[] {
  // The words are seen to: whoever has points has all of them.
  const where = whereOf(conditions, conditions.find(({ driver }) => driver.table.text === 'word w')?.driver)
  const sql = `SELECT ${COLUMNS} FROM json_each(?) i CROSS JOIN poi p ON p.n = i.value WHERE ${where.text}`
  const rows = reader.all(sql, [JSON.stringify(numbers), ...where.values])
  return rows.filter(row => holds === null || holds(locationOf(row))).map(row => candidateOf(row, points))
}

const bestFirst = byKey('descending')

function afterKey(candidates: Candidate[], after: SortKey | null): Candidate[] {
  return after === null ? candidates : candidates.filter(({ key }) => bestFirst(key, after) > 0)
}
