import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FaultCode } from './poi.ts'
import { type Filterable, matches, type PoiFilterInput, parsePoiFilter } from './poi-filter.ts'

const poi: Filterable = {
  id: 'a',
  sourceId: 'osm',
  name: 'Café Central',
  category: 'amenity/food/cafe',
  description: 'Kaffeehaus in der Herrengasse',
  location: { latitude: 48.2103, longitude: 16.3655 },
  processedAt: 1_000,
}

function isMatch(input: PoiFilterInput | null, change: Partial<Filterable> = {}): boolean {
  const parsed = parsePoiFilter(input)
  assert.ok(parsed.ok)
  return matches(parsed.filter, { ...poi, ...change })
}

function faults(input: PoiFilterInput): [string | null, FaultCode][] {
  const parsed = parsePoiFilter(input)
  return parsed.ok ? [] : parsed.faults.map(({ field, code }) => [field, code])
}

test('no filter and an empty one match everything', () => {
  assert.ok(isMatch(null))
  assert.ok(isMatch({}))
  assert.ok(isMatch({ ids: null, categories: undefined, text: null }))
})

test('an empty list matches nothing', () => {
  assert.ok(!isMatch({ ids: [] }))
  assert.ok(!isMatch({ categories: [] }))
  assert.ok(!isMatch({ sources: [] }))
})

test('ids and sources are matched exactly', () => {
  assert.ok(isMatch({ ids: ['x', 'a'] }))
  assert.ok(!isMatch({ ids: ['A'] }))
  assert.ok(isMatch({ sources: ['osm'] }))
  assert.ok(!isMatch({ sources: ['osm'] }, { sourceId: null }))
})

test('a category matches itself and the levels below', () => {
  for (const category of ['amenity', 'amenity/food', 'amenity/food/cafe', ' /amenity/ '])
    assert.ok(isMatch({ categories: [category] }), category)
  for (const category of ['amenit', 'amenity/fo', 'food', 'amenity/food/cafe/x', ''])
    assert.ok(!isMatch({ categories: [category] }), category)
})

test('places are matched by box, circle and polygon', () => {
  assert.ok(isMatch({ bbox: { west: 16, south: 48, east: 17, north: 49 } }))
  assert.ok(!isMatch({ bbox: { west: 17, south: 48, east: 16, north: 49 } }))
  assert.ok(isMatch({ near: { latitude: 48.21, longitude: 16.36, radiusMeters: 500 } }))
  assert.ok(!isMatch({ near: { latitude: 48.21, longitude: 16.36, radiusMeters: 300 } }))
  const triangle = [
    { latitude: 48, longitude: 16 },
    { latitude: 48, longitude: 17 },
    { latitude: 49, longitude: 16.4 },
  ]
  assert.ok(isMatch({ polygon: triangle }))
  assert.ok(!isMatch({ polygon: triangle }, { location: { latitude: 48.9, longitude: 16.1 } }))
})

test('every word starts some word of name, category or description', () => {
  for (const text of ['cafe', 'CENTR', 'cen caf', 'herrengasse café', 'food', 'café, central!']) assert.ok(isMatch({ text }), text)
  for (const text of ['entral', 'cafe museum', 'cafes']) assert.ok(!isMatch({ text }), text)
})

test('updatedSince includes its instant', () => {
  assert.ok(isMatch({ updatedSince: 1_000 }))
  assert.ok(!isMatch({ updatedSince: 1_001 }))
})

test('all conditions hold together', () => {
  assert.ok(isMatch({ ids: ['a'], categories: ['amenity'], sources: ['osm'], text: 'central' }))
  assert.ok(!isMatch({ ids: ['a'], categories: ['amenity'], sources: ['osm'], text: 'museum' }))
})

test('every fault is told at once', () => {
  const tooMany = Array.from({ length: 1_001 }, (_, i) => String(i))
  assert.deepEqual(
    faults({
      ids: tooMany,
      categories: tooMany,
      sources: tooMany,
      bbox: { west: -181, south: 10, east: Number.NaN, north: -10 },
      near: { latitude: 91, longitude: Number.POSITIVE_INFINITY, radiusMeters: 0 },
      polygon: [],
      text: ' ',
    }),
    [
      ['ids', 'TOO_LARGE'],
      ['categories', 'TOO_LARGE'],
      ['bbox.west', 'OUT_OF_RANGE'],
      ['bbox.east', 'NOT_A_NUMBER'],
      ['bbox.south', 'OUT_OF_RANGE'],
      ['near.latitude', 'OUT_OF_RANGE'],
      ['near.longitude', 'NOT_A_NUMBER'],
      ['near.radiusMeters', 'OUT_OF_RANGE'],
      ['polygon', 'MISSING'],
      ['text', 'MISSING'],
      ['sources', 'TOO_LARGE'],
    ],
  )
})

test('bounds are met exactly', () => {
  const corners = (count: number) => Array.from({ length: count }, (_, i) => ({ latitude: i / 100, longitude: (i * i) % 90 }))
  assert.deepEqual(faults({ ids: Array.from({ length: 1_000 }, (_, i) => String(i)), polygon: corners(1_000), text: 'x'.repeat(256) }), [])
  assert.deepEqual(faults({ polygon: corners(1_001) }), [['polygon', 'TOO_LARGE']])
  assert.deepEqual(faults({ polygon: corners(2) }), [['polygon', 'MISSING']])
  assert.deepEqual(faults({ polygon: [...corners(3), { latitude: 90.5, longitude: 0 }] }), [['polygon.3.latitude', 'OUT_OF_RANGE']])
  assert.deepEqual(faults({ text: 'x'.repeat(257) }), [['text', 'TOO_LONG']])
  assert.deepEqual(faults({ text: '!?' }), [['text', 'BAD_FORMAT']])
  assert.deepEqual(faults({ near: { latitude: 0, longitude: 0, radiusMeters: Number.POSITIVE_INFINITY } }), [
    ['near.radiusMeters', 'NOT_A_NUMBER'],
  ])
  assert.deepEqual(faults({ bbox: { west: -180, south: -90, east: 180, north: 90 } }), [])
})
