import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { matches, type PoiFilter } from '#schema/poi-filter.ts'
import { filterOf, processedPoi } from './feed.fixture.ts'
import { FilterIndex } from './filter-index.ts'

// Few values and round numbers, so that filters meet POIs, and edges meet edges.
const longitude = fc.oneof(fc.constantFrom(-180, -90, 0, 5.625, 90, 180), fc.double({ min: -180, max: 180, noNaN: true }))
const latitude = fc.oneof(fc.constantFrom(-90, 0, 5.625, 90), fc.double({ min: -90, max: 90, noNaN: true }))
const location = fc.record({ latitude, longitude })
const category = fc.constantFrom('amenity', 'amenity/cafe', 'amenity/cafe/vegan', 'amenities', 'shop', 'shop/books')
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null, freq: 1 })

const filter: fc.Arbitrary<PoiFilter> = fc
  .record({
    ids: maybe(fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 2 })),
    categories: maybe(fc.array(category, { maxLength: 3 })),
    sources: maybe(fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 })),
    bbox: maybe(
      fc
        .tuple(longitude, longitude, latitude, latitude)
        .map(([west, east, a, b]) => ({ west, east, south: Math.min(a, b), north: Math.max(a, b) })),
    ),
    near: maybe(fc.record({ latitude, longitude, radiusMeters: fc.double({ min: 1, max: 12_000_000, noNaN: true }) })),
    polygon: maybe(fc.array(location, { minLength: 3, maxLength: 5 })),
    text: maybe(fc.constantFrom('cafe', 'nothing')),
  })
  .map(filterOf)

const poi = fc
  .record({ id: fc.constantFrom('a', 'b', 'c', 'd'), category, sourceId: fc.constantFrom('x', 'y', null), location })
  .map(processedPoi)

test('the index finds exactly the filters that a POI passes, each once', () => {
  fc.assert(
    fc.property(
      fc.array(filter, { maxLength: 30 }),
      fc.array(fc.nat(29), { maxLength: 10 }),
      fc.array(poi, { maxLength: 10 }),
      (filters, gone, pois) => {
        const index = new FilterIndex<{ readonly filter: PoiFilter }>()
        const owners = filters.map(one => ({ filter: one }))
        for (const owner of [...owners, ...owners]) index.add(owner)
        const left = new Set(owners)
        for (const number of gone) {
          const owner = owners[number]
          if (owner === undefined) continue
          index.delete(owner)
          left.delete(owner)
        }
        assert.equal(index.size, left.size)
        for (const one of pois) {
          const found: unknown[] = []
          index.match(one, owner => found.push(owner))
          assert.deepEqual(new Set(found), new Set([...left].filter(owner => matches(owner.filter, one))))
          assert.equal(found.length, new Set(found).size)
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('a POI is compared with few of ten thousand distinct boxes', () => {
  const index = new FilterIndex<{ readonly filter: PoiFilter }>()
  let asked = 0
  for (let number = 0; number < 10_000; number++) {
    const west = ((number * 137.5) % 359) - 180
    const south = ((number * 61.8) % 179) - 90
    const box = { south, east: west + 1, north: south + 1 }
    const parsed = filterOf({ bbox: { west, ...box } })
    const counted = {
      ...parsed,
      box: {
        ...box,
        get west() {
          asked++
          return west
        },
      },
    }
    index.add({ filter: counted })
  }
  asked = 0
  let found = 0
  for (let number = 0; number < 1_000; number++) {
    const at = { latitude: ((number * 17.3) % 180) - 90, longitude: ((number * 91.7) % 360) - 180 }
    index.match(processedPoi({ id: 'a', location: at }), () => found++)
  }
  assert.ok(found > 100, `${found} found`)
  assert.ok(asked < 10 * 1_000, `${asked} boxes compared`)
})
