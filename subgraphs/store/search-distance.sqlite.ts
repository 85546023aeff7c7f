/** Pages by distance: circles that double until enough hits lie inside one. */
import { boxesAround, distanceMeters, EARTH_RADIUS } from '#schema/geo.ts'
import type { Location } from '#schema/poi.ts'
import { byKey, type Candidate, candidateOf, candidatesOf, columns, countUpTo } from './candidates.sqlite.ts'
import { type Conditions, type Driver, fromDriver, placeCondition, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'
import type { SortKey } from './search.ts'

export interface DistanceRequest {
  readonly from: Location
  /** No hit lies further away than this. */
  readonly within: number
  readonly after: SortKey | null
  /** one more than the page holds */
  readonly first: number
}

/** m; nothing is further away */
export const FARTHEST = Math.ceil(Math.PI * EARTH_RADIUS)

const FIRST_RADIUS = 500 // m
/** m: circles that differ by less are not told apart. */
const FINEST = 1
/** Hits that a circle may hold, for each that is wanted, before a smaller one is looked for. */
const SPARE = 3
const SPARE_AT_LEAST = 100

/** The page from the rows of one driver, which are few. */
export function nearestOfFew(reader: Reader, { conditions, holds }: Conditions, driver: Driver, request: DistanceRequest): Candidate[] {
  const found = candidatesOf(reader, driver, whereOf(conditions, driver), holds)
  return sorted(
    found.flatMap(candidate => within(candidate, request, request.within) ?? []),
    request.first,
  )
}

/**
 * The page by circles. The first hits are exactly those inside any circle that holds enough of them, so a circle is read in full or given
 * up: when it holds far too many, one half way back to the last that held too few is tried. So neither an empty ocean with a crowded coast
 * nor a crowd around the centre costs more than some thousand rows, unless they lie in one spot.
 */
export async function nearest(reader: Reader, conditions: Conditions, request: DistanceRequest, pace: Pace): Promise<Candidate[]> {
  const most = request.first * SPARE + SPARE_AT_LEAST
  let tooSmall = 0
  let tooLarge: number | undefined
  let radius = Math.min(request.within, Math.max(FIRST_RADIUS, Number(request.after?.value ?? 0) * 1.1))
  for (;;) {
    const isFinest = tooLarge !== undefined && tooLarge - tooSmall <= FINEST
    if (tooLarge !== undefined) radius = isFinest ? tooLarge : (tooSmall + tooLarge) / 2
    const found = await insideCircle(reader, conditions, request, radius, isFinest ? Number.POSITIVE_INFINITY : most, pace)
    if (found === 'too many') tooLarge = radius
    else if (found.length >= request.first || radius >= request.within) return sorted(found, request.first)
    else {
      tooSmall = radius
      radius = Math.min(request.within, radius * 2)
    }
  }
}

/** Every hit in the circle that comes after the request's key, unless there are more than `most`. */
async function insideCircle(
  reader: Reader,
  { conditions, holds }: Conditions,
  request: DistanceRequest,
  radius: number,
  most: number,
  pace: Pace,
): Promise<Candidate[] | 'too many'> {
  const { driver } = placeCondition(boxesAround(request.from, radius))
  // Nearly free: while not even the boxes around the circle hold enough rows, none of them is looked at.
  if (radius < request.within && countUpTo(reader, driver, request.first) < request.first) return []
  const from = fromDriver(driver, whereOf(conditions))
  const found: Candidate[] = []
  let steps = 0
  for (const row of reader.iterate(`SELECT ${columns("''")} ${from.text}`, from.values)) {
    if (++steps % 256 === 0) await pace.breathe()
    const candidate = candidateOf(row)
    if (holds !== null && !holds(candidate.location)) continue
    const hit = within(candidate, request, radius)
    if (hit === undefined) continue
    found.push(hit)
    if (found.length > most) return 'too many'
  }
  return found
}

/** The candidate with its distance as key, if it lies in the circle and after the request's key. */
function within(candidate: Candidate, { from, after }: DistanceRequest, radius: number): Candidate | undefined {
  const key = { value: distanceMeters(from, candidate.location), id: candidate.key.id }
  if (key.value > radius) return undefined
  if (after !== null && nearestFirst(key, after) <= 0) return undefined
  return { ...candidate, key }
}

const nearestFirst = byKey('ascending')

function sorted(candidates: Candidate[], first: number): Candidate[] {
  return candidates.sort((a, b) => nearestFirst(a.key, b.key)).slice(0, first)
}
