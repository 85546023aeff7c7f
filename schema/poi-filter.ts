/** Which POIs are meant: one filter for the live stream and for the stores. Parsed and folded once, then asked often. */
import { fold, words } from './fold.ts'
import { type Box, boxContains, distanceMeters, polygonContains } from './geo.ts'
import { cleanCategory } from './normalise.ts'
import type { Fault, Location, Micros } from './poi.ts'
import { shown } from './poi-bounds.ts'

/** GraphQL's PoiFilter, as its scalars and the type system leave it. */
export interface PoiFilterInput {
  readonly ids?: readonly string[] | null | undefined
  readonly categories?: readonly string[] | null | undefined
  readonly bbox?: Box | null | undefined
  readonly near?: { readonly latitude: number; readonly longitude: number; readonly radiusMeters: number } | null | undefined
  readonly polygon?: readonly Location[] | null | undefined
  readonly text?: string | null | undefined
  readonly sources?: readonly string[] | null | undefined
  readonly updatedSince?: Micros | null | undefined
}

/** All conditions hold together; null is no condition, an empty set matches nothing. */
export interface PoiFilter {
  readonly ids: ReadonlySet<string> | null
  /** each means itself and every level below */
  readonly categories: ReadonlySet<string> | null
  readonly box: Box | null
  readonly near: { readonly centre: Location; readonly radiusMeters: number } | null
  /** 3 to 1,000 corners */
  readonly polygon: readonly Location[] | null
  /** folded; each is the start of some word of the text; at least one */
  readonly words: readonly string[] | null
  readonly sources: ReadonlySet<string> | null
  readonly updatedSince: Micros | null
}

/** What a filter looks at. */
export interface Filterable {
  readonly id: string
  readonly sourceId: string | null
  readonly name: string
  readonly category: string
  readonly description: string | null
  readonly location: Location
  readonly processedAt: Micros
}

const MAX_ENTRIES = 1_000
const MAX_TEXT = 256
const MAX_CORNERS = 1_000

/** A filter within its bounds, or every reason why not. Nothing given matches everything. */
export function parsePoiFilter(
  input: PoiFilterInput | null | undefined,
): { readonly ok: true; readonly filter: PoiFilter } | { readonly ok: false; readonly faults: Fault[] } {
  const faults: Fault[] = []
  const filter: PoiFilter = {
    ids: setOf(input?.ids, 'ids', faults),
    categories: setOf(input?.categories?.map(cleanCategory), 'categories', faults),
    box: boxOf(input?.bbox, faults),
    near: circleOf(input?.near, faults),
    polygon: ringOf(input?.polygon, faults),
    words: wordsOf(input?.text, faults),
    sources: setOf(input?.sources, 'sources', faults),
    updatedSince: input?.updatedSince ?? null,
  }
  return faults.length === 0 ? { ok: true, filter } : { ok: false, faults }
}

/** Cheap conditions first; words are folded only when everything else holds. */
export function matches(filter: PoiFilter, poi: Filterable): boolean {
  if (filter.ids !== null && !filter.ids.has(poi.id)) return false
  if (filter.updatedSince !== null && poi.processedAt < filter.updatedSince) return false
  if (filter.sources !== null && (poi.sourceId === null || !filter.sources.has(poi.sourceId))) return false
  if (filter.categories !== null && !hasCategory(filter.categories, poi.category)) return false
  if (filter.box !== null && !boxContains(filter.box, poi.location)) return false
  if (filter.near !== null && distanceMeters(filter.near.centre, poi.location) > filter.near.radiusMeters) return false
  if (filter.polygon !== null && !polygonContains(filter.polygon, poi.location)) return false
  return filter.words === null || hasWords(filter.words, poi)
}

/** One of them is the category or a level above it. */
function hasCategory(wanted: ReadonlySet<string>, category: string): boolean {
  if (wanted.has(category)) return true
  for (let slash = category.lastIndexOf('/'); slash > 0; slash = category.lastIndexOf('/', slash - 1))
    if (wanted.has(category.slice(0, slash))) return true
  return false
}

// Many subscribers ask about one event: its words are folded once.
const foldedWords = new WeakMap<Filterable, readonly string[]>()

function hasWords(wanted: readonly string[], poi: Filterable): boolean {
  const own = foldedWords.get(poi) ?? words(`${poi.name} ${poi.category} ${poi.description ?? ''}`)
  foldedWords.set(poi, own)
  return wanted.every(start => own.some(word => word.startsWith(start)))
}

function setOf(entries: readonly string[] | null | undefined, field: string, faults: Fault[]): ReadonlySet<string> | null {
  if (entries === null || entries === undefined) return null
  if (entries.length > MAX_ENTRIES)
    faults.push({ field, code: 'TOO_LARGE', message: `Wanted at most ${MAX_ENTRIES} entries; came ${entries.length}.` })
  return new Set(entries)
}

function boxOf(box: Box | null | undefined, faults: Fault[]): Box | null {
  if (box === null || box === undefined) return null
  checkDegrees(faults, 'bbox.west', box.west, 180)
  checkDegrees(faults, 'bbox.south', box.south, 90)
  checkDegrees(faults, 'bbox.east', box.east, 180)
  checkDegrees(faults, 'bbox.north', box.north, 90)
  if (box.south > box.north)
    faults.push({
      field: 'bbox.south',
      code: 'OUT_OF_RANGE',
      message: `Wanted south at most north; came south ${box.south}, north ${box.north}.`,
    })
  return { west: box.west, south: box.south, east: box.east, north: box.north }
}

function circleOf(near: PoiFilterInput['near'], faults: Fault[]): PoiFilter['near'] {
  if (near === null || near === undefined) return null
  checkDegrees(faults, 'near.latitude', near.latitude, 90)
  checkDegrees(faults, 'near.longitude', near.longitude, 180)
  if (!Number.isFinite(near.radiusMeters) || near.radiusMeters <= 0)
    faults.push({
      field: 'near.radiusMeters',
      code: Number.isFinite(near.radiusMeters) ? 'OUT_OF_RANGE' : 'NOT_A_NUMBER',
      message: `Wanted a number of metres above 0; came ${near.radiusMeters}.`,
    })
  return { centre: { latitude: near.latitude, longitude: near.longitude }, radiusMeters: near.radiusMeters }
}

function ringOf(ring: readonly Location[] | null | undefined, faults: Fault[]): readonly Location[] | null {
  if (ring === null || ring === undefined) return null
  if (ring.length < 3 || ring.length > MAX_CORNERS) {
    const code = ring.length < 3 ? 'MISSING' : 'TOO_LARGE'
    faults.push({ field: 'polygon', code, message: `Wanted 3 to ${MAX_CORNERS} corners; came ${ring.length}.` })
    return null
  }
  ring.forEach(({ latitude, longitude }, i) => {
    checkDegrees(faults, `polygon.${i}.latitude`, latitude, 90)
    checkDegrees(faults, `polygon.${i}.longitude`, longitude, 180)
  })
  return ring
}

function wordsOf(text: string | null | undefined, faults: Fault[]): readonly string[] | null {
  if (text === null || text === undefined) return null
  if (text.length > MAX_TEXT) {
    faults.push({ field: 'text', code: 'TOO_LONG', message: `Wanted at most ${MAX_TEXT} characters; came ${text.length}.` })
    return null
  }
  const wanted = [...new Set(words(text))]
  if (wanted.length > 0) return wanted
  faults.push({
    field: 'text',
    code: fold(text).trim() === '' ? 'MISSING' : 'BAD_FORMAT',
    message: `Wanted at least one letter or digit; came ${shown(text)}.`,
  })
  return null
}

function checkDegrees(faults: Fault[], field: string, degrees: number, limit: number): void {
  const isNumber = Number.isFinite(degrees)
  if (isNumber && Math.abs(degrees) <= limit) return
  faults.push({
    field,
    code: isNumber ? 'OUT_OF_RANGE' : 'NOT_A_NUMBER',
    message: `Wanted a number from -${limit} to ${limit}; came ${degrees}.`,
  })
}
