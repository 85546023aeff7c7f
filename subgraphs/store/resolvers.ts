import type { Log } from '#log/log.ts'
import { PoiError } from '#runtime/errors.ts'
import { encodeCursor } from '#schema/cursor.ts'
import { geohash } from '#schema/geo.ts'
import { categoryPath, imageUrl, localName } from '#schema/poi-fields.ts'
import { scalars } from '#schema/scalars.ts'
import type { Applied } from './applied.ts'
import { filterOf, firstOf, locationOf, radiusOf, waitOf } from './arguments.ts'
import { readChanges } from './changes.ts'
import { readHistoryPage } from './history-page.ts'
import { readNearby, readNearest, readPoiPage } from './poi-page.ts'
import { untilApplied } from './read-your-writes.ts'
import type { Records } from './records.ts'
import type { PageInfo, Resolvers } from './resolvers.generated.ts'
import type { Search } from './search.ts'
import { readEngineStatus } from './store-status.ts'

export interface StoreParts {
  readonly log: Pick<Log, 'topics' | 'tail'>
  readonly records: Records
  readonly search: Search
  readonly applied: Applied
  readonly partitions: number
  readonly cursorKey: Uint8Array
  /** ms since 1970 */
  readonly clock: () => number
}

export function createResolvers(parts: StoreParts): Resolvers {
  const { records, search, cursorKey } = parts
  return {
    ...{ DateTime: scalars.DateTime, Cursor: scalars.Cursor, Receipt: scalars.Receipt, JSON: scalars.JSON },
    Query: {
      poi: async (_, { id, asOf, atLeast, waitMs }) => {
        await untilApplied(parts, atLeast, waitOf(waitMs ?? DEFAULT_WAIT))
        if (typeof asOf === 'number') return records.asOf(id, asOf)
        const [poi = null] = await records.latest([id])
        return poi
      },
      pois: async (_, { filter, orderBy, first, after, atLeast, waitMs }, { answer }) => {
        const request = { filter: filterOf(filter), orderBy: orderBy ?? 'ID', first: firstOf(first), after: after ?? null }
        await untilApplied(parts, atLeast, waitOf(waitMs ?? DEFAULT_WAIT))
        return answer.inTurn(() => readPoiPage(parts, request))
      },
      nearest: (_, { first, filter, ...from }, { answer }) =>
        answer.inTurn(() => readNearest(search, locationOf(from), filterOf(filter), firstOf(first))),
      poiHistory: (_, { id, first, after }, { answer }) =>
        answer.inTurn(() => readHistoryPage(parts, { id, first: firstOf(first), after: after ?? null })),
      changes: (_, { since, filter, first }, { answer }) =>
        answer.inTurn(() => readChanges(parts, { since: since ?? undefined, filter: filterOf(filter), first: firstOf(first) })),
      facets: async (_, { filter, field, first }) => search.facets(filterOf(filter), field, firstOf(first ?? DEFAULT_FACETS)),
      storeStatus: async () => {
        const [ofRecords, ofSearch] = await Promise.all([readEngineStatus(parts, records), readEngineStatus(parts, search)])
        return { records: ofRecords, search: ofSearch }
      },
    },
    Poi: {
      __resolveReference: ({ id }, context) => context.referenced.load(id),
      localName: ({ names }, { language }) => localName(names, language),
      categoryPath: ({ category }) => categoryPath(category),
      updatedAt: ({ processedAt }) => processedAt,
      removed: ({ operation }) => operation === 'REMOVE',
      imageUrl: ({ imageHash }) => imageUrl(imageHash),
      history: ({ id }, { first, after }, { answer }) =>
        answer.inTurn(() => readHistoryPage(parts, { id, first: firstOf(first), after: after ?? null })),
      nearby: (poi, { first, radiusMeters }, { answer }) =>
        answer.inTurn(() => readNearby(search, poi, radiusOf(radiusMeters ?? DEFAULT_RADIUS), firstOf(first))),
    },
    Location: {
      geohash: (location, { precision }) => {
        if (precision >= 1 && precision <= 12) return geohash(location, precision)
        throw new PoiError('BAD_USER_INPUT', `precision: wanted 1 to 12 characters; came ${precision}.`)
      },
    },
    PoiVersion: {
      eventId: ({ poi }) => poi.eventId,
      version: ({ poi }) => (poi.kind === 'LATE' ? null : poi.version),
      kind: ({ poi }) => poi.kind,
      occurredAt: ({ poi }) => poi.timestamp,
      name: ({ poi }) => poi.name,
      category: ({ poi }) => poi.category,
      location: ({ poi }) => poi.location,
      rulesVersion: ({ poi }) => poi.rulesVersion,
    },
    PoiConnection: {
      pageInfo: pageInfoOf,
      totalCount: ({ filter }) => search.count(filter),
    },
    PoiHistoryConnection: { pageInfo: pageInfoOf },
    ChangeConnection: { next: ({ next }) => encodeCursor(next, cursorKey) },
    PoiChange: {
      cursor: ({ position }) => encodeCursor(position, cursorKey),
      eventId: ({ poi }) => poi.eventId,
      kind: ({ poi }) => poi.kind,
      version: ({ poi }) => poi.version,
      occurredAt: ({ poi }) => poi.timestamp,
      processedAt: ({ poi }) => poi.processedAt,
      previousLocation: ({ poi }) => poi.previousLocation,
      rulesVersion: ({ poi }) => poi.rulesVersion,
    },
  }
}

// What the schema says; an explicit null means the same.
const DEFAULT_WAIT = 2_000 // ms
const DEFAULT_FACETS = 20
const DEFAULT_RADIUS = 1_000 // m

interface Page {
  readonly edges: readonly { readonly cursor: string }[]
  readonly hasMore: boolean
  readonly hasBefore: boolean
}

function pageInfoOf({ edges, hasMore, hasBefore }: Page): PageInfo {
  return {
    hasNextPage: hasMore,
    hasPreviousPage: hasBefore,
    startCursor: edges[0]?.cursor ?? null,
    endCursor: edges.at(-1)?.cursor ?? null,
  }
}
