import { PoiError } from '#runtime/errors.ts'
import { geohash } from '#schema/geo.ts'
import { categoryPath, imageUrl, localName } from '#schema/poi-fields.ts'
import { parsePoiFilter } from '#schema/poi-filter.ts'
import { scalars } from '#schema/scalars.ts'
import { systemFault } from '../log-failure.ts'
import type { Feed } from './feed.ts'
import type { FeedDelivery } from './feed-delivery.ts'
import type { StreamEvent } from './feed-event.ts'
import type { ReadPipelineStatus } from './pipeline-status.ts'
import type { Delivery, Resolvers, SubscriptionPoiChangesArgs } from './resolvers.generated.ts'

export interface PipelineParts {
  readonly feed: Feed
  readonly readStatus: ReadPipelineStatus
}

const TYPENAMES = { change: 'PoiChange', gap: 'StreamGap', heartbeat: 'StreamHeartbeat' } as const

export function createResolvers({ feed, readStatus }: PipelineParts): Resolvers {
  return {
    ...{ DateTime: scalars.DateTime, Cursor: scalars.Cursor, BigInt: scalars.BigInt, JSON: scalars.JSON },
    Query: {
      pipelineStatus: () => readStatus(),
    },
    Subscription: {
      poiChanges: {
        subscribe: async (_, args) => withLastWords(await subscribe(feed, args)),
        resolve: (event: StreamEvent | LastWords) => {
          if (event instanceof LastWords) throw event.error
          return event
        },
      },
      replayProgress: {
        subscribe: (_, { id }) => {
          throw new PoiError('BAD_USER_INPUT', `There is no replay with id ${JSON.stringify(id)}.`)
        },
      },
    },
    StreamEvent: { __resolveType: event => TYPENAMES[event.type] },
    PoiChange: {
      eventId: ({ poi }) => poi.eventId,
      kind: ({ poi }) => poi.kind,
      version: ({ poi }) => poi.version,
      occurredAt: ({ poi }) => poi.timestamp,
      processedAt: ({ poi }) => poi.processedAt,
      previousLocation: ({ poi }) => poi.previousLocation,
      rulesVersion: ({ poi }) => poi.rulesVersion,
    },
    Poi: {
      localName: ({ names }, { language }) => localName(names, language),
      categoryPath: ({ category }) => categoryPath(category),
      updatedAt: ({ processedAt }) => processedAt,
      removed: ({ operation }) => operation === 'REMOVE',
      imageUrl: ({ imageHash }) => imageUrl(imageHash),
    },
    Location: {
      geohash: (location, { precision }) => {
        if (precision >= 1 && precision <= 12) return geohash(location, precision)
        throw new PoiError('BAD_USER_INPUT', `precision: wanted 1 to 12 characters; came ${precision}.`)
      },
    },
  }
}

async function subscribe(feed: Feed, { filter, after, delivery }: Partial<SubscriptionPoiChangesArgs>): Promise<Events> {
  const parsed = parsePoiFilter(filter)
  if (!parsed.ok) {
    const faults = parsed.faults.map(({ field, message }) => `filter.${field}: ${message}`)
    throw new PoiError('BAD_USER_INPUT', faults.join(' '), { details: { faults: parsed.faults } })
  }
  try {
    return await feed.subscribe({ filter: parsed.filter, after: after ?? null, delivery: deliveryOf(delivery) })
  } catch (failure) {
    throw systemFault(failure)
  }
}

function deliveryOf(delivery: Delivery | null | undefined): FeedDelivery {
  const { mode = 'ALL', maxPerSecond = null } = delivery ?? {}
  if (maxPerSecond !== null && !(Number.isFinite(maxPerSecond) && maxPerSecond > 0))
    throw new PoiError('BAD_USER_INPUT', `delivery.maxPerSecond: wanted a number above 0; came ${maxPerSecond}.`)
  return { mode, maxPerSecond }
}

type Events = AsyncIterableIterator<StreamEvent, undefined>

/** Why a stream ended before its subscriber did. */
class LastWords {
  readonly error: unknown
  constructor(error: unknown) {
    this.error = error
  }
}

/**
 * A stream that fails would reach clients as a broken transport, without code and cursor. As its last event, the error is told in band.
 * Not an async generator: its `return` would wait for the `next` at hand, which may be hours.
 */
function withLastWords(events: Events): AsyncIterableIterator<StreamEvent | LastWords, undefined> {
  return {
    next: () => events.next().catch((error: unknown) => ({ value: new LastWords(error), done: false })),
    return: async () => {
      await events.return?.()
      return { value: undefined, done: true }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
