import type { Location, ProcessedPoi } from '#schema/poi.ts'
import type { PoiFilter } from '#schema/poi-filter.ts'

/**
 * How POIs are ordered; ties by id in code point order.
 *
 * | by         | first comes                                    | value of the sort key           |
 * | ---------- | ---------------------------------------------- | ------------------------------- |
 * | ID         | the smallest id                                | ''                              |
 * | NAME       | the smallest folded name, in code point order  | `fold(name)`                    |
 * | UPDATED_AT | the last processed                             | `processedAt`                   |
 * | RELEVANCE  | the best match (`relevance.ts`); needs words   | points                          |
 * | DISTANCE   | the nearest to `from`                          | `distanceMeters(from, location)` |
 */
export type SearchOrder = { readonly by: 'ID' | 'NAME' | 'UPDATED_AT' | 'RELEVANCE' } | { readonly by: 'DISTANCE'; readonly from: Location }

/** Where a POI stands in an order. Plain data, so that a page can go on from it later, on another engine of the same kind too. */
export interface SortKey {
  readonly value: string | number
  readonly id: string
}

/** The document comes with the hit, so that a page shows nothing that its filter does not hold for. */
export interface Hit {
  readonly poi: ProcessedPoi
  readonly key: SortKey
}

export interface SearchPage {
  readonly hits: readonly Hit[]
  readonly hasMore: boolean
}

export interface PageRequest {
  readonly filter: PoiFilter
  readonly order: SearchOrder
  /** 1 to 501 */
  readonly first: number
  /** Only what comes after this place in the order. */
  readonly after: SortKey | null
}

export const FACET_FIELDS = ['CATEGORY', 'SOURCE', 'STATUS'] as const
export type FacetField = (typeof FACET_FIELDS)[number]

export interface Facet {
  readonly value: string
  readonly count: number
}

/**
 * Which POIs there are, by place, text and kind. Removed ones are not. Which ones a filter means is told by `matches` of
 * `schema/poi-filter.ts`: every engine answers exactly that, however it finds its candidates.
 *
 * Each call reads one snapshot, at least as fresh as the progress that the engine's sink has told (`projection.ts`). Paging is by sort
 * key, never by number: what changes between two pages shifts nothing. Work is bounded in time; a failure of the engine is a PoiError
 * SEARCH_UNAVAILABLE, a query that would look at too much DEADLINE_EXCEEDED.
 */
export interface Search extends AsyncDisposable {
  /** "sqlite": for people and metrics. */
  readonly engine: string
  page(request: PageRequest): Promise<SearchPage>
  /** How many match, exactly. */
  count(filter: PoiFilter): Promise<number>
  /** How many match by a field: the largest counts first, ties by value in code point order. POIs without a value are left out. */
  facets(filter: PoiFilter, field: FacetField, first: number): Promise<readonly Facet[]>
  /** Resolves when the engine answers. @throws PoiError SEARCH_UNAVAILABLE */
  check(): Promise<void>
}
