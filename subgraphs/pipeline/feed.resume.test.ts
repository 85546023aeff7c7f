/**
 * The promise of the stream, on a real log: whatever is appended, killed, stalled, restarted and resumed in whatever order, a client that
 * resumes with its last cursor, and reads what a gap tells of, gets every matching change once, in order per POI; and so does one that
 * resumes with any cursor it ever got.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { partitionOf } from '#schema/partition.ts'
import { matches, type PoiFilter } from '#schema/poi-filter.ts'
import { TOPICS } from '#schema/topics.ts'
import {
  cursorAt,
  eventIds,
  feedFixture,
  filterOf,
  nextOf,
  PARTITIONS,
  positionsOf,
  processedPoi,
  type Stream,
  settled,
  subscribe,
} from './feed.fixture.ts'
import type { Feed } from './feed.ts'
import type { StreamGap } from './feed-event.ts'

const FILTERS = [
  filterOf(),
  filterOf({ categories: ['odd'] }),
  filterOf({ bbox: { west: -1, south: -1, east: 4, north: 1 } }),
  filterOf({ ids: ['poi-1', 'poi-6'], sources: ['test'] }),
]
const POIS = 8
const STALL_MS = 1_000

let gaps = 0

interface Change {
  readonly id: string
  readonly eventId: string
  readonly category: string
  readonly location: { readonly latitude: number; readonly longitude: number }
}

const change = (poi: number, number: number): Change => ({
  id: `poi-${poi}`,
  eventId: `poi-${poi}#${number}`,
  category: poi % 2 === 0 ? 'even' : 'odd/one',
  location: { latitude: 0, longitude: poi },
})

const pois = fc.array(fc.nat(POIS - 1), { minLength: 1, maxLength: 20 })
const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('append' as const), pois }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('progress' as const), partition: fc.nat(PARTITIONS - 1) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('begin' as const), filter: fc.nat(FILTERS.length - 1) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('read' as const), client: fc.nat(), events: fc.integer({ min: 1, max: 30 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('kill' as const), client: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart' as const) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('stall' as const), pois }) },
)

/** A client with a filter: what it may still expect, what it got, and the cursor with each. */
class Client {
  readonly filter: PoiFilter
  readonly expected: string[] = []
  /** Without a cursor: read behind a gap, out of the order of the stream. */
  readonly got: { readonly eventId: string; readonly cursor: string | undefined }[] = []
  readonly start: string
  stream: Stream | undefined

  constructor(filter: PoiFilter, start: string) {
    this.filter = filter
    this.start = start
  }

  get cursor(): string {
    return this.got.at(-1)?.cursor ?? this.start
  }

  async read(feed: Feed, events: number): Promise<void> {
    this.stream ??= await subscribe(feed, { filter: this.filter, after: this.cursor })
    while (events-- > 0 && this.got.length < this.expected.length) {
      const event = await nextOf(this.stream)
      if (event.type === 'change') this.got.push({ eventId: event.poi.eventId, cursor: event.cursor })
      else if (event.type === 'gap') await this.#readDropped(feed, event)
    }
  }

  /** On its own, a stream behind the gap has another order between partitions: what it brings from beyond the gap comes again. */
  async #readDropped(feed: Feed, { from, to, dropped }: StreamGap): Promise<void> {
    const again = await subscribe(feed, { filter: this.filter, after: from })
    for (let left = dropped; left > 0; ) {
      const event = await nextOf(again)
      assert.ok(event.type === 'change')
      const { eventId, id } = event.poi
      const partition = partitionOf(id, PARTITIONS)
      if ((positionsOf(event.cursor)[partition] ?? 0) > (positionsOf(to)[partition] ?? 0)) continue
      left--
      this.got.push({ eventId, cursor: left === 0 ? to : undefined })
    }
    await again.return?.()
    gaps++
  }

  async kill(): Promise<void> {
    await this.stream?.return?.()
    this.stream = undefined
  }
}

const perPoi = (eventIds: readonly string[]): Record<string, string[]> => {
  const lists: Record<string, string[]> = {}
  for (const eventId of eventIds) {
    const poi = eventId.split('#')[0] ?? ''
    const list = lists[poi] ?? []
    list.push(eventId)
    lists[poi] = list
  }
  return lists
}

test('nothing is lost, nothing repeated, the order per POI is kept', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 40 }), fc.infiniteStream(fc.nat()), async (steps, dice) => {
      await using fixture = await feedFixture(t)
      // A ring of a few records, queues of fewer, and no memory of the time before the restart.
      const limits = { ringBytes: 6_000, queue: { events: 3, bytes: 1e6 }, stallMs: STALL_MS, warmRecords: 2 }
      let feed = await fixture.open(limits)
      const clients: Client[] = []
      let count = 0
      const append = async (changes: readonly Change[]): Promise<void> => {
        for (const client of clients)
          client.expected.push(...changes.filter(one => matches(client.filter, processedPoi(one))).map(one => one.eventId))
        await fixture.append(...changes)
      }
      for (const now of steps) {
        const client = 'client' in now ? clients[now.client % clients.length] : undefined
        switch (now.do) {
          case 'append':
            await append(now.pois.map(poi => change(poi, count++)))
            break
          case 'progress':
            await fixture.appendProgress(now.partition)
            break
          case 'begin': {
            // As with `asOf` of the store, the cursor may be ahead of what the feed has read so far.
            const { latest } = await fixture.log.topics.positions(TOPICS.processed)
            clients.push(new Client(FILTERS[now.filter] ?? filterOf(), cursorAt(...latest)))
            break
          }
          case 'read':
            await client?.read(feed, now.events)
            break
          case 'kill':
            await client?.kill()
            break
          case 'restart':
            for (const each of clients) await each.kill()
            await feed[Symbol.asyncDispose]()
            feed = await fixture.open(limits)
            break
          case 'stall':
            await append(now.pois.map(poi => change(poi, count++)))
            await settled(feed, fixture.log)
            fixture.now += STALL_MS
            break
          default:
            now satisfies never
        }
      }
      // Whatever came twice would come before these.
      await append(Array.from({ length: POIS }, (_, poi) => change(poi, count++)))
      for (const client of clients) {
        await client.read(feed, Number.POSITIVE_INFINITY)
        assert.deepEqual(perPoi(client.got.map(({ eventId }) => eventId)), perPoi(client.expected))

        let die = dice.next().value % (client.got.length + 1)
        while (die > 0 && client.got[die - 1]?.cursor === undefined) die--
        const rest = await subscribe(feed, { filter: client.filter, after: die === 0 ? client.start : (client.got[die - 1]?.cursor ?? '') })
        const read = client.got.slice(0, die).map(({ eventId }) => eventId)
        const resumed = await eventIds(rest, client.expected.length - die)
        assert.deepEqual(perPoi([...read, ...resumed]), perPoi(client.expected))
      }
    }),
    { numRuns: Number(process.env['RUNS'] ?? 12), endOnFailure: true },
  )
  t.diagnostic(`${gaps} gaps were told and read again`)
})
