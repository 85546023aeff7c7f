/** What every engine of the search port must do. Run it with `searchContract(name, open)` in the engine's test file. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { fold } from '#schema/fold.ts'
import { distanceMeters } from '#schema/geo.ts'
import type { Location, ProcessedPoi } from '#schema/poi.ts'
import { matches, type PoiFilter, parsePoiFilter } from '#schema/poi-filter.ts'
import { NEW_YEAR, processedPoi, storedChange } from './changes.fixture.ts'
import { byCodePoint } from './code-point-order.ts'
import { indexWords } from './index-words.ts'
import type { Projection } from './projection.ts'
import { relevanceOf } from './relevance.ts'
import { FACET_FIELDS, type FacetField, type Hit, type Search, type SearchOrder } from './search.ts'

/** An engine that holds nothing yet. */
export interface SearchFixture extends AsyncDisposable {
  readonly projection: Projection
  readonly search: Search
}

export const ANY = filterOf({})

export function filterOf(input: Parameters<typeof parsePoiFilter>[0]): PoiFilter {
  const parsed = parsePoiFilter(input)
  if (!parsed.ok) throw new Error(parsed.faults.map(fault => fault.message).join(' '))
  return parsed.filter
}

export async function applyAll(projection: Projection, pois: readonly ProcessedPoi[]): Promise<void> {
  await projection.apply([{ progress: { partition: 0, next: pois.length, source: pois.length }, changes: pois.map(storedChange) }])
}

/** All hits of an order, page by page. */
export async function allPages(search: Search, filter: PoiFilter, order: SearchOrder, first: number): Promise<Hit[]> {
  const hits: Hit[] = []
  for (let hasMore = true; hasMore; ) {
    const page = await search.page({ filter, order, first, after: hits.at(-1)?.key ?? null })
    assert.ok(page.hits.length === first || !page.hasMore, 'only the last page is not full')
    assert.ok(page.hits.length > 0 || !page.hasMore)
    hits.push(...page.hits)
    hasMore = page.hasMore
  }
  return hits
}

/** What the port says, computed without any index. */
export function expectedOrder(pois: readonly ProcessedPoi[], filter: PoiFilter, order: SearchOrder): ProcessedPoi[] {
  const rank = (poi: ProcessedPoi): string | number => {
    switch (order.by) {
      case 'ID':
        return ''
      case 'NAME':
        return fold(poi.name)
      case 'UPDATED_AT':
        return -poi.processedAt
      case 'RELEVANCE':
        return -relevanceOf(filter.words ?? [], indexWords(poi))
      case 'DISTANCE':
        return distanceMeters(order.from, poi.location)
      default:
        return order satisfies never
    }
  }
  const ranked = pois.filter(poi => poi.operation === 'UPSERT' && matches(filter, poi)).map(poi => ({ poi, rank: rank(poi) }))
  ranked.sort((a, b) => {
    const byRank = typeof a.rank === 'string' && typeof b.rank === 'string' ? byCodePoint(a.rank, b.rank) : Number(a.rank) - Number(b.rank)
    return byRank || byCodePoint(a.poi.id, b.poi.id)
  })
  return ranked.map(({ poi }) => poi)
}

export const ids = (hits: readonly Hit[]): string[] => hits.map(({ poi }) => poi.id)

/** Corners of the globe come up more often than chance would have it. */
const latitude = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: -90, max: 90, noNaN: true }) },
  fc.constantFrom(-90, 90, 0, 89.9999, -89.9999, 52.5),
)
const longitude = fc.oneof(
  { weight: 3, arbitrary: fc.double({ min: -180, max: 180, noNaN: true }) },
  fc.constantFrom(-180, 180, 0, 179.9999, -179.9999, 13.4),
)
const location: fc.Arbitrary<Location> = fc.record({ latitude, longitude })
const WORDS = ['café', 'Cafés', 'bar', 'barbican', 'Straße', 'strasse', '東京', 'Øst', 'a', '1st', 'NEAR', 'OR', "O'Hare"] as const
const phrase = fc.array(fc.constantFrom(...WORDS), { minLength: 1, maxLength: 3 }).map(words => words.join(' '))
const CATEGORIES = ['amenity', 'amenity/cafe', 'amenity/bar', 'amenities', 'shop', 'shop/bar'] as const
const poi = fc.record({
  id: fc.oneof(
    fc.integer({ min: 0, max: 60 }).map(n => `p${n}`),
    fc.constantFrom('é', '\u{1f600}', '\uffee', "';--", 'P1'),
  ),
  name: phrase,
  category: fc.constantFrom(...CATEGORIES),
  description: fc.option(phrase),
  sourceId: fc.option(fc.constantFrom('a', 'b', '"')),
  status: fc.constantFrom('OPEN', 'CLOSED'),
  location,
  updated: fc.integer({ min: 0, max: 20 }),
  isRemoved: fc.boolean().map(removed => removed),
})
const rarely = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { freq: 3, nil: undefined }).map(value => value ?? null)
const sometimes = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary })
const filter = fc
  .record({
    ids: sometimes(
      fc.array(
        fc.integer({ min: 0, max: 60 }).map(n => `p${n}`),
        { maxLength: 30 },
      ),
    ),
    categories: sometimes(fc.array(fc.constantFrom(...CATEGORIES, 'amen', 'shop/'), { maxLength: 3 })),
    bbox: sometimes(
      fc
        .tuple(longitude, latitude, longitude, latitude)
        .map(([west, a, east, b]) => ({ west, south: Math.min(a, b), east, north: Math.max(a, b) })),
    ),
    near: sometimes(fc.record({ latitude, longitude, radiusMeters: fc.double({ min: 0, max: 7.4, noNaN: true }).map(log => 10 ** log) })),
    polygon: sometimes(fc.array(location, { minLength: 3, maxLength: 7 })),
    text: rarely(fc.constantFrom('ba', 'bar', 'cafe', 'str', 'STRASSE', 'ost', '東', 'a b', 'or', 'o hare', '"near"', 'bar*')),
    sources: sometimes(fc.array(fc.constantFrom('a', 'b', '"'), { maxLength: 2 })),
    updatedSince: sometimes(fc.integer({ min: 0, max: 20 }).map(n => NEW_YEAR + n)),
  })
  .map(filterOf)

export function searchContract(name: string, open: () => Promise<SearchFixture>): void {
  suite(`search: ${name}`, () => {
    test('filters, orders, pages, counts and facets are exactly those of brute force', async () => {
      const property = fc.asyncProperty(
        fc.array(poi, { minLength: 1, maxLength: 60 }),
        fc.array(fc.tuple(filter, location, fc.integer({ min: 1, max: 7 })), { minLength: 4, maxLength: 8 }),
        async (given, questions) => {
          await using fixture = await open()
          const { projection, search } = fixture
          const pois = lastOfEach(
            given.map(({ updated, isRemoved, ...rest }, i) =>
              processedPoi({
                ...rest,
                revision: NEW_YEAR + i,
                processedAt: NEW_YEAR + updated,
                operation: isRemoved && i % 4 === 0 ? 'REMOVE' : 'UPSERT',
              }),
            ),
          )
          await applyAll(projection, pois.all)
          for (const [wanted, from, first] of questions) {
            const orders: SearchOrder[] = [
              { by: 'ID' },
              { by: 'NAME' },
              { by: 'UPDATED_AT' },
              { by: 'DISTANCE', from: wanted.near?.centre ?? from },
            ]
            if (wanted.words !== null) orders.push({ by: 'RELEVANCE' })
            for (const order of orders) {
              const expected = expectedOrder(pois.latest, wanted, order)
              assert.deepEqual(
                ids(await allPages(search, wanted, order, first)),
                expected.map(({ id }) => id),
                order.by,
              )
            }
            const expected = expectedOrder(pois.latest, wanted, { by: 'ID' })
            assert.equal(await search.count(wanted), expected.length)
            for (const field of FACET_FIELDS)
              assert.deepEqual(await search.facets(wanted, field, 3), expectedFacets(expected, field).slice(0, 3))
          }
        },
      )
      await fc.assert(property, { numRuns: 25 })
    })

    test('a box that ends on the antimeridian holds it by both of its names', async () => {
      await using fixture = await open()
      const pois = [180, -180, 179, -179].map((longitude, i) => processedPoi({ id: `p${i}`, location: { latitude: 0, longitude } }))
      await applyAll(fixture.projection, pois)
      const within = async (west: number, east: number) =>
        ids(await allPages(fixture.search, filterOf({ bbox: { west, east, south: -1, north: 1 } }), { by: 'ID' }, 5))
      assert.deepEqual(await within(178, 180), ['p0', 'p1', 'p2'])
      assert.deepEqual(await within(-180, -178), ['p0', 'p1', 'p3'])
      assert.deepEqual(await within(180, -180), ['p0', 'p1'])
      assert.deepEqual(await within(-180, -180), ['p0', 'p1'])
    })

    test('a hit carries the whole POI', async () => {
      await using fixture = await open()
      const whole = processedPoi({ id: 'a', attributes: { seats: 7 }, names: { de: 'Kaffee' }, version: 3, description: 'nice' })
      await applyAll(fixture.projection, [whole])
      const { hits, hasMore } = await fixture.search.page({ filter: ANY, order: { by: 'NAME' }, first: 1, after: null })
      assert.deepEqual(hits, [{ poi: whole, key: { value: 'cafe a', id: 'a' } }])
      assert.equal(hasMore, false)
    })

    test('what a POI said before it changed finds it no more', async () => {
      await using fixture = await open()
      const before = processedPoi({ id: 'a', name: 'Old harbour', category: 'old', location: { latitude: 1, longitude: 1 }, revision: 100 })
      const after = processedPoi({ id: 'a', name: 'New tower', category: 'new', location: { latitude: 50, longitude: 50 }, revision: 200 })
      await applyAll(fixture.projection, [before])
      await applyAll(fixture.projection, [after])
      const isFound = async (input: Parameters<typeof filterOf>[0]) => (await fixture.search.count(filterOf(input))) === 1
      assert.equal(await isFound({ text: 'harbour' }), false)
      assert.equal(await isFound({ text: 'tower' }), true)
      assert.equal(await isFound({ categories: ['old'] }), false)
      assert.equal(await isFound({ near: { latitude: 1, longitude: 1, radiusMeters: 1_000 } }), false)
      assert.equal(await isFound({ near: { latitude: 50, longitude: 50, radiusMeters: 1_000 } }), true)
      assert.deepEqual(await fixture.search.facets(ANY, 'CATEGORY', 10), [{ value: 'new', count: 1 }])
    })

    test('removed POIs are not found, until they come back', async () => {
      await using fixture = await open()
      const { projection, search } = fixture
      const created = processedPoi({ id: 'a', revision: 100 })
      const removed = processedPoi({ id: 'a', revision: 200, kind: 'REMOVED', operation: 'REMOVE' })
      const back = processedPoi({ id: 'a', revision: 300, kind: 'UPDATED' })
      await applyAll(projection, [created, removed])
      assert.equal(await search.count(ANY), 0)
      assert.equal(await search.count(filterOf({ text: 'cafe' })), 0)
      await applyAll(projection, [back])
      assert.equal(await search.count(filterOf({ text: 'cafe' })), 1)
    })

    test('late records change nothing, also before anything else is known', async () => {
      await using fixture = await open()
      const late = processedPoi({ id: 'a', revision: 300, kind: 'LATE', name: 'Late' })
      await applyAll(fixture.projection, [late])
      assert.equal(await fixture.search.count(ANY), 0)
      await applyAll(fixture.projection, [processedPoi({ id: 'a', revision: 100, name: 'Current' })])
      assert.deepEqual(
        (await allPages(fixture.search, ANY, { by: 'ID' }, 10)).map(({ poi }) => poi.name),
        ['Current'],
      )
    })

    test('paging shows nothing twice and skips nothing that stays, while POIs come and go', async () => {
      await using fixture = await open()
      const { projection, search } = fixture
      const staying = Array.from({ length: 30 }, (_, i) => processedPoi({ id: `stay-${String(i).padStart(2, '0')}` }))
      await applyAll(projection, staying)
      const seen: string[] = []
      let after: Hit['key'] | null = null
      for (let round = 0; ; round++) {
        const page = await search.page({ filter: ANY, order: { by: 'NAME' }, first: 4, after })
        seen.push(...ids(page.hits))
        after = page.hits.at(-1)?.key ?? null
        if (!page.hasMore) break
        const come = processedPoi({ id: `come-${round}`, name: `Cafe stay-${String(round).padStart(2, '0')}b` })
        const go = processedPoi({ id: `come-${round - 2}`, revision: NEW_YEAR + 1, kind: 'REMOVED', operation: 'REMOVE' })
        await applyAll(projection, [come, go])
      }
      assert.equal(new Set(seen).size, seen.length)
      assert.deepEqual(
        seen.filter(id => id.startsWith('stay')),
        staying.map(({ id }) => id),
      )
    })

    test('an empty list matches nothing', async () => {
      await using fixture = await open()
      await applyAll(fixture.projection, [processedPoi({ id: 'a' })])
      for (const input of [{ ids: [] }, { categories: [] }, { sources: [] }]) {
        const nothing = filterOf(input)
        assert.equal(await fixture.search.count(nothing), 0)
        assert.deepEqual(await fixture.search.page({ filter: nothing, order: { by: 'ID' }, first: 1, after: null }), {
          hits: [],
          hasMore: false,
        })
        assert.deepEqual(await fixture.search.facets(nothing, 'STATUS', 1), [])
      }
    })
  })
}

/** All changes, and of each POI the one of the highest revision. */
function lastOfEach(pois: readonly ProcessedPoi[]): { all: readonly ProcessedPoi[]; latest: ProcessedPoi[] } {
  return { all: pois, latest: [...new Map(pois.map(one => [one.id, one])).values()] }
}

function expectedFacets(pois: readonly ProcessedPoi[], field: FacetField): { value: string; count: number }[] {
  const fields = { CATEGORY: 'category', SOURCE: 'sourceId', STATUS: 'status' } as const
  const groups = Map.groupBy(pois, one => one[fields[field]])
  return [...groups]
    .flatMap(([value, group]) => (value === null ? [] : [{ value, count: group.length }]))
    .sort((a, b) => b.count - a.count || byCodePoint(a.value, b.value))
}
