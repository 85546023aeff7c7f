/**
 * How well a POI matches the words of a query. Simple on purpose: it depends on the POI and the query alone, not on what else is stored,
 * so that every engine gives the same answer and pages stay stable while POIs come and go.
 *
 * Each word of the query counts with its best match; the points of all words add up; ties are ordered by id.
 */
import type { IndexWords } from './index-words.ts'

/** What a word can match, the best first: a whole word before the start of one, then the name before the category before the description. */
export const MATCHES = [
  { points: 6, field: 'name', isWhole: true },
  { points: 5, field: 'category', isWhole: true },
  { points: 4, field: 'description', isWhole: true },
  { points: 3, field: 'name', isWhole: false },
  { points: 2, field: 'category', isWhole: false },
  { points: 1, field: 'description', isWhole: false },
] as const satisfies readonly { readonly points: number; readonly field: keyof IndexWords; readonly isWhole: boolean }[]

/** The points of a POI; 0 when one of the folded words matches nothing. */
export function relevanceOf(wanted: readonly string[], indexed: IndexWords): number {
  let total = 0
  for (const word of wanted) {
    const best = MATCHES.find(({ field, isWhole }) =>
      indexed[field].split(' ').some(own => (isWhole ? own === word : own.startsWith(word))),
    )
    if (best === undefined) return 0
    total += best.points
  }
  return total
}
