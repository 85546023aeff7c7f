/** Pages of POIs: a filter, an order, a place to go on from. */
import { PoiError } from '#runtime/errors.ts'
import { encodeCursor } from '#schema/cursor.ts'
import type { Location, ProcessedPoi } from '#schema/poi.ts'
import type { PoiFilter } from '#schema/poi-filter.ts'
import type { Applied } from './applied.ts'
import { decodePageCursor, encodePageCursor } from './page-cursor.ts'
import type { Hit, Search, SearchOrder } from './search.ts'

export interface PoiPage {
  readonly edges: readonly { readonly cursor: string; readonly node: ProcessedPoi }[]
  readonly hasMore: boolean
  readonly hasBefore: boolean
  /** what `totalCount` counts, when it is asked for */
  readonly filter: PoiFilter
  /** a cursor read before the rows */
  readonly asOf: string
}

export interface PoiPageRequest {
  readonly filter: PoiFilter
  readonly orderBy: SearchOrder['by']
  readonly first: number
  readonly after: string | null
}

export interface PageParts {
  readonly search: Search
  readonly applied: Applied
  readonly cursorKey: Uint8Array
}

/** @throws PoiError BAD_USER_INPUT; whatever the search throws */
export async function readPoiPage({ search, applied, cursorKey }: PageParts, request: PoiPageRequest): Promise<PoiPage> {
  const { filter, first, after } = request
  const order = orderOf(request)
  const scope = JSON.stringify(['pois', order, filter], (_, value: unknown) => (value instanceof Set ? [...value].sort() : value))
  const place = after === null ? null : decodePageCursor(after, scope, cursorKey)
  const asOf = encodeCursor(applied.positions, cursorKey)
  const page = await search.page({ filter, order, first, after: place && { value: place[0], id: String(place[1]) } })
  return {
    edges: page.hits.map(({ poi, key }) => ({ cursor: encodePageCursor([key.value, key.id], scope, cursorKey), node: poi })),
    hasMore: page.hasMore,
    hasBefore: after !== null,
    filter,
    asOf,
  }
}

function orderOf({ filter, orderBy }: PoiPageRequest): SearchOrder {
  if (orderBy === 'RELEVANCE' && filter.words === null)
    throw new PoiError('BAD_USER_INPUT', 'orderBy: RELEVANCE needs filter.text, whose match it is.')
  if (orderBy !== 'DISTANCE') return { by: orderBy }
  if (filter.near === null) throw new PoiError('BAD_USER_INPUT', 'orderBy: DISTANCE needs filter.near, whose centre it counts from.')
  return { by: 'DISTANCE', from: filter.near.centre }
}

export interface Nearby {
  readonly distanceMeters: number
  readonly poi: ProcessedPoi
}

/** The nearest POIs of a filter, nearest first. */
export async function readNearest(search: Search, from: Location, filter: PoiFilter, first: number): Promise<readonly Nearby[]> {
  const { hits } = await search.page({ filter, order: { by: 'DISTANCE', from }, first, after: null })
  return hits.map(nearbyOf)
}

/** The nearest other POIs within a radius. */
export async function readNearby(search: Search, poi: ProcessedPoi, radiusMeters: number, first: number): Promise<readonly Nearby[]> {
  const around = { ...EVERYTHING, near: { centre: poi.location, radiusMeters } }
  const found = await readNearest(search, poi.location, around, first + 1)
  return found.filter(other => other.poi.id !== poi.id).slice(0, first)
}

const EVERYTHING: PoiFilter = {
  ids: null,
  categories: null,
  box: null,
  near: null,
  polygon: null,
  words: null,
  sources: null,
  updatedSince: null,
}

function nearbyOf({ poi, key }: Hit): Nearby {
  return { distanceMeters: Number(key.value), poi }
}
