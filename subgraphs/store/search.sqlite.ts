import { PoiError } from '#runtime/errors.ts'
import { distanceMeters } from '#schema/geo.ts'
import { type Candidate, fewFor, pageOf, smallestDriver } from './candidates.sqlite.ts'
import { byCodePoint } from './code-point-order.ts'
import { type Conditions, conditionsOf } from './conditions.sqlite.ts'
import { Pace } from './pace.ts'
import type { Reader, Readers } from './readers.sqlite.ts'
import type { Facet, PageRequest, Search, SearchPage } from './search.ts'
import { FARTHEST, nearest, nearestOfFew } from './search-distance.sqlite.ts'
import { FEW_TO_JUDGE, mostRelevant, mostRelevantOfFew } from './search-relevance.sqlite.ts'
import { type Tally, type TallyBy, tallyAll, tallyFew } from './search-tally.sqlite.ts'
import { sortFew, walk, walkAll } from './search-walk.sqlite.ts'

const NOTHING: SearchPage = { hits: [], hasMore: false }

/** Where one way of answering gives way to another. Chosen by size unless told; tests choose them so that each way is taken. */
export interface SqliteSearchLimits {
  /** Rows of one index up to which they are all looked at and sorted. */
  readonly fewRows?: number | undefined
  /** Steps after which a walk along an order may be given up. */
  readonly stride?: number | undefined
}

/** Search in `store.db`. Closing leaves the readers to whoever opened them. */
export function openSqliteSearch(readers: Readers, limits: SqliteSearchLimits = {}): Search {
  /** What is quick is answered at once; the rest takes turns with the other work of the process. */
  const read = async <T>(quick: (reader: Reader) => T | undefined, long: (reader: Reader, pace: Pace) => Promise<T>): Promise<T> => {
    try {
      return readers.now(quick) ?? (await readers.long(reader => long(reader, new Pace())))
    } catch (cause) {
      if (cause instanceof PoiError) throw cause
      throw new PoiError('SEARCH_UNAVAILABLE', 'The search engine cannot be read.', { cause })
    }
  }
  const tally = async (found: Conditions | undefined, by: TallyBy): Promise<Tally> =>
    found === undefined
      ? new Map()
      : read(
          reader => tallyFew(reader, found, by, limits.fewRows),
          (reader, pace) => tallyAll(reader, found, by, pace),
        )
  return {
    engine: 'sqlite',
    async page(request) {
      const found = conditionsOf(request.filter)
      if (found === undefined) return NOTHING
      return read(
        reader => {
          const candidates = quickPage(reader, found, request, limits)
          return candidates && pageOf(reader, candidates, request.first)
        },
        async (reader, pace) => pageOf(reader, await longPage(reader, found, request, limits, pace), request.first),
      )
    },
    async count(filter) {
      return (await tally(conditionsOf(filter), 'NOTHING')).get('') ?? 0
    },
    async facets(filter, field, first) {
      const counted = await tally(conditionsOf(filter), field)
      const facets =
        field === 'CATEGORY' ? named(readers, counted) : [...counted].map(([value, count]) => ({ value: String(value), count }))
      return facets.sort((a, b) => b.count - a.count || byCodePoint(a.value, b.value)).slice(0, first)
    },
    async check() {
      await read(
        reader => reader.get('SELECT 1 AS answer'),
        async () => ({}),
      )
    },
    async [Symbol.asyncDispose]() {},
  }
}

/** Where few POIs come into question, or the first ones of an order are wanted; undefined when it would take long. */
function quickPage(reader: Reader, found: Conditions, request: PageRequest, { fewRows }: SqliteSearchLimits): Candidate[] | undefined {
  const { order, after, filter } = request
  const first = request.first + 1
  if (order.by === 'RELEVANCE') {
    const few = smallestDriver(reader, found.conditions, Math.min(fewRows ?? FEW_TO_JUDGE, FEW_TO_JUDGE))
    return few && mostRelevantOfFew(reader, found, few, { words: filter.words ?? [], after, first })
  }
  if (found.conditions.length === 0) return order.by === 'DISTANCE' ? undefined : walkAll(reader, { by: order.by, after, first })
  const few = smallestDriver(reader, found.conditions, fewRows ?? fewFor(reader, first))
  if (few === undefined) return undefined
  if (order.by === 'DISTANCE') return nearestOfFew(reader, found, few, { from: order.from, within: farthest(request), after, first })
  return sortFew(reader, found, few, { by: order.by, after, first })
}

function longPage(
  reader: Reader,
  found: Conditions,
  request: PageRequest,
  { stride }: SqliteSearchLimits,
  pace: Pace,
): Promise<Candidate[]> {
  const { order, after, filter } = request
  const first = request.first + 1
  switch (order.by) {
    case 'ID':
    case 'NAME':
    case 'UPDATED_AT':
      return walk(reader, found, { by: order.by, after, first, stride }, pace)
    case 'RELEVANCE':
      return mostRelevant(reader, found, { words: filter.words ?? [], after, first }, pace)
    case 'DISTANCE':
      return nearest(reader, found, { from: order.from, within: farthest(request), after, first }, pace)
    default:
      return order satisfies never
  }
}

/** m from the order's centre, beyond which no POI matches. */
function farthest({ order, filter: { near } }: PageRequest): number {
  if (near === null || order.by !== 'DISTANCE') return FARTHEST
  // One more metre than the triangle inequality asks for, because distances are rounded.
  return Math.min(FARTHEST, distanceMeters(order.from, near.centre) + near.radiusMeters + 1)
}

/** Categories are counted by number. One that is newer than the count cannot be in it. */
function named(readers: Readers, counted: Tally): Facet[] {
  const rows = readers.now(reader => reader.all('SELECT k, name FROM category'))
  const names = new Map(rows.map(row => [Number(row['k']), String(row['name'])]))
  return [...counted].map(([k, count]) => ({ value: names.get(Number(k)) ?? '', count }))
}
