/** Pages by distance: circles that double until enough hits lie inside one. */
import { boxesAround, distanceMeters, EARTH_RADIUS } from '#schema/geo.ts'
import type { Location } from '#schema/poi.ts'
import { byKey, type Candidate, COLUMNS, candidateOf, candidatesOf, locationOf } from './candidates.sqlite.ts'
import { type Conditions, type Driver, fromDriver, placeCondition, whereOf } from './conditions.sqlite.ts'
import type { Pace } from './pace.ts'
import type { Reader } from './readers.sqlite.ts'
import type { SortKey } from './search.ts'

export interface DistanceRequest {
  readonly from: Location
  /** No hit lies further away than this; half the way around the globe unless something limits it. */
  readonly within: number
  readonly after: SortKey | null
  /** one more than the page holds */
  readonly first: number
}

/** m; nothing is further away */
export const FARTHEST = Math.ceil(Math.PI * EARTH_RADIUS)

const FIRST_RADIUS = 500 // m
/** Hits beyond the page that a circle may hold before a smaller one is looked for. */
const SPARE_HITS = 2_000
/** m: circles that differ by less are taken as they are, however much they hold. */
const FINEST = 1

/** The page from the rows of one driver, which are few. */
export function nearestOfFew(reader: Reader, { conditions, holds }: Conditions, driver: Driver, request: DistanceRequest): Candidate[] {
  const found = candidatesOf(reader, driver, whereOf(conditions, driver), "''", holds)
  return sorted(
    found.flatMap(candidate => within(candidate, request, request.within) ?? []),
    request.first,
  )
}

/**
 * The page by circles. The first hits are exactly those inside the smallest circle that holds enough of them, so each circle is read in
 * full or given up: when it holds far too many, one half way back to the last one that held too few is tried. So neither an empty ocean
 * with a crowded coast nor a crowd around the centre costs more than some thousand rows, unless they lie in one spot.
 */
export async function nearest(reader: Reader, conditions: Conditions, request: DistanceRequest, pace: Pace): Promise<Candidate[]> {
  let tooSmall = 0
  let tooLarge = Number.POSITIVE_INFINITY
  let radius = Math.min(request.within, Math.max(FIRST_RADIUS, Number(request.after?.value ?? 0) * 1.1))
  for (;;) {
    const most = tooLarge - tooSmall > FINEST ? request.first + SPARE_HITS : Number.POSITIVE_INFINITY
    const found = await insideCircle(reader, conditions, request, radius, most, pace)
    if (found === undefined) {
      tooLarge = radius
      radius = (tooSmall + radius) / 2
      continue
    }
    if (found.length >= request.first || radius >= request.within) return sorted(found, request.first)
    tooSmall = radius
    radius = Math.min(request.within, tooLarge === Number.POSITIVE_INFINITY ? radius * 2 : (radius + tooLarge) / 2)
  }
}

/** Every hit in the circle that comes after the request's key; undefined when there are more than `most`. */
async function insideCircle(
  reader: Reader,
  { conditions, holds }: Conditions,
  request: DistanceRequest,
  radius: number,
  most: number,
  pace: Pace,
): Promise<Candidate[] | undefined> {
  const circle = placeCondition(boxesAround(request.from, radius))
  const from = fromDriver(circle.driver, whereOf(conditions))
  const found: Candidate[] = []
  let steps = 0
  for (const row of reader.iterate(`SELECT ${COLUMNS} ${from.text}`, from.values)) {
    if (++steps % 256 === 0) await pace.breathe()
    if (holds !== null && !holds(locationOf(row))) continue
    const hit = within(candidateOf(row, 0), request, radius)
    if (hit === undefined) continue
    found.push(hit)
    if (found.length > most) return undefined
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
