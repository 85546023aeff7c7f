/** Arguments of the queries, checked once: each says what was wanted and what came. */
import { PoiError } from '#runtime/errors.ts'
import type { Location } from '#schema/poi.ts'
import { type PoiFilter, type PoiFilterInput, parsePoiFilter } from '#schema/poi-filter.ts'

const MAX_FIRST = 500
const MAX_WAIT = 10_000 // 10 s

/** @throws PoiError BAD_USER_INPUT */
export function firstOf(first: number): number {
  if (first >= 1 && first <= MAX_FIRST) return first
  throw new PoiError('BAD_USER_INPUT', `first: wanted 1 to ${MAX_FIRST}; came ${first}.`)
}

/** ms. @throws PoiError BAD_USER_INPUT */
export function waitOf(waitMs: number): number {
  if (waitMs >= 0 && waitMs <= MAX_WAIT) return waitMs
  throw new PoiError('BAD_USER_INPUT', `waitMs: wanted 0 to ${MAX_WAIT} ms; came ${waitMs}.`)
}

/** @throws PoiError BAD_USER_INPUT with every fault */
export function filterOf(input: PoiFilterInput | null | undefined): PoiFilter {
  const parsed = parsePoiFilter(input)
  if (parsed.ok) return parsed.filter
  const faults = parsed.faults.map(({ field, message }) => `filter.${field}: ${message}`)
  throw new PoiError('BAD_USER_INPUT', faults.join(' '), { details: { faults: parsed.faults } })
}

/** @throws PoiError BAD_USER_INPUT with every fault */
export function locationOf({ latitude, longitude }: Location): Location {
  const faults: string[] = []
  if (!(Math.abs(latitude) <= 90)) faults.push(`latitude: wanted -90 to 90; came ${latitude}.`)
  if (!(Math.abs(longitude) <= 180)) faults.push(`longitude: wanted -180 to 180; came ${longitude}.`)
  if (faults.length > 0) throw new PoiError('BAD_USER_INPUT', faults.join(' '))
  return { latitude, longitude }
}

/** m. @throws PoiError BAD_USER_INPUT */
export function radiusOf(radiusMeters: number): number {
  if (Number.isFinite(radiusMeters) && radiusMeters > 0) return radiusMeters
  throw new PoiError('BAD_USER_INPUT', `radiusMeters: wanted a number of metres above 0; came ${radiusMeters}.`)
}
