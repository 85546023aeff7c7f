/** A real log in a directory of its own, processed records for it, and a clock that tests set. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Registry } from 'prom-client'
import { openSqliteLog, type SqliteLog } from '#log/log.sqlite.ts'
import type { Log } from '#log/log.ts'
import { createLogger } from '#runtime/logger.ts'
import { decodeCursor, encodeCursor } from '#schema/cursor.ts'
import { partitionOf } from '#schema/partition.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import { encodeProcessed, encodeProgress, encodeSubmission } from '#schema/poi-codec.ts'
import { type PoiFilter, type PoiFilterInput, parsePoiFilter } from '#schema/poi-filter.ts'
import { TOPICS } from '#schema/topics.ts'
import { type Feed, type FeedRequest, openFeed } from './feed.ts'
import type { StreamEvent } from './feed-event.ts'
import type { FeedLimits } from './feed-limits.ts'

export const PARTITIONS = 3
export const KEY = new Uint8Array(32).fill(7)
/** µs */
export const NOW = 1_717_243_200_000_000

export const cursorAt = (...positions: number[]): string => encodeCursor(positions, KEY)
export const positionsOf = (cursor: string): readonly number[] => decodeCursor(cursor, KEY) ?? []

/** An open cafe in Berlin; what matters to a test is given. */
export function processedPoi(given: Partial<ProcessedPoi> & { readonly id: string }): ProcessedPoi {
  return {
    sourceId: 'test',
    name: `Cafe ${given.id}`,
    names: null,
    category: 'amenity/cafe',
    description: null,
    location: { latitude: 52.5, longitude: 13.4 },
    status: 'OPEN',
    timestamp: NOW,
    attributes: null,
    eventId: `event of ${given.id}`,
    kind: 'UPDATED',
    version: 1,
    revision: NOW,
    operation: 'UPSERT',
    previousLocation: null,
    source: { partition: 0, offset: 0 },
    rulesVersion: 1,
    acceptedAt: NOW,
    processedAt: NOW,
    warnings: [],
    imageHash: null,
    ...given,
  }
}

export function filterOf(input: PoiFilterInput = {}): PoiFilter {
  const parsed = parsePoiFilter(input)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.filter
}

export interface FeedFixture extends AsyncDisposable {
  readonly log: SqliteLog
  readonly registry: Registry
  /** Appends changes as the processor would, in one write, each to the partition of its POI. */
  append(...changes: readonly (Partial<ProcessedPoi> & { readonly id: string })[]): Promise<void>
  /** Appends a record that tells of no change. */
  appendProgress(partition: number): Promise<void>
  open(limits?: Partial<FeedLimits>): Promise<Feed>
  /** ms; feeds of this fixture judge stalls and rates by it */
  now: number
}

export async function feedFixture(t: TestContext): Promise<FeedFixture> {
  const directory = await mkdtemp(join(tmpdir(), 'poi-feed-'))
  const log = await openSqliteLog({ path: join(directory, 'log.db') })
  const feeds: Feed[] = []
  const close = async () => {
    for (const feed of feeds) await feed[Symbol.asyncDispose]()
    await log[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  }
  t.after(close)
  await log.topics.ensure([TOPICS.unprocessed, TOPICS.processed].map(name => ({ name, partitions: PARTITIONS })))
  const fixture: FeedFixture = {
    log,
    registry: new Registry(),
    now: 0,
    async append(...changes) {
      const records = changes.map(processedPoi).map(poi => ({
        partition: partitionOf(poi.id, PARTITIONS),
        key: Buffer.from(poi.id),
        value: encodeProcessed(encodeSubmission({ ...poi, record: { ...poi, image: null } }), poi),
      }))
      await log.appender.append(TOPICS.processed, records)
    },
    async appendProgress(partition) {
      await log.appender.append(TOPICS.processed, [{ partition, key: null, value: encodeProgress({ partition, offset: 0 }) }])
    },
    async open(limits) {
      const feed = await openFeed({
        ...{ log, partitions: PARTITIONS, cursorKey: KEY, limits, clock: () => NOW, elapsed: () => fixture.now },
        ...{ registry: new Registry(), logger: createLogger({ service: 'test', level: 'silent' }) },
      })
      feeds.push(feed)
      return feed
    },
    [Symbol.asyncDispose]: close,
  }
  return fixture
}

export type Stream = AsyncIterableIterator<StreamEvent, undefined>

export function subscribe(feed: Feed, request: Partial<FeedRequest> = {}): Promise<Stream> {
  return feed.subscribe({ filter: filterOf(), after: null, delivery: { mode: 'ALL', maxPerSecond: null }, ...request })
}

/** The next event of the stream that is no heartbeat. */
export async function nextOf(stream: Stream): Promise<StreamEvent> {
  for (;;) {
    const { value, done } = await stream.next()
    if (done) throw new Error('the stream has ended')
    if (value.type !== 'heartbeat') return value
  }
}

/** The next `count` changes, by their event ids. */
export async function eventIds(stream: Stream, count: number): Promise<string[]> {
  const ids: string[] = []
  while (ids.length < count) {
    const event = await nextOf(stream)
    ids.push(event.type === 'change' ? event.poi.eventId : `a ${event.type}`)
  }
  return ids
}

/** Until the feed has offered everything that lies in the log. */
export async function settled(feed: Feed, log: Log): Promise<void> {
  const { latest } = await log.topics.positions(TOPICS.processed)
  while (positionsOf(feed.headCursor).some((position, partition) => position < (latest[partition] ?? 0))) await nextTurn()
}
