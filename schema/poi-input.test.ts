import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Fault } from './poi.ts'
import { type PoiInput, parsePoiInput, parseRemoval } from './poi-input.ts'

const NOW = 1_714_564_800_000_000
const input: PoiInput = {
  id: 'a',
  name: 'Café Central',
  category: 'amenity/cafe',
  location: { latitude: 48.2103, longitude: 16.3655 },
  timestamp: NOW,
}

function faultsOfInput(change: { readonly [Field in keyof PoiInput]?: unknown }): readonly (readonly [Fault['field'], Fault['code']])[] {
  const parsed = parsePoiInput({ ...input, ...change } as PoiInput, NOW)
  return parsed.ok ? [] : parsed.faults.map(({ field, code }) => [field, code])
}

test('the least that can be said of a POI is taken', () => {
  assert.deepEqual(parsePoiInput(input, NOW), {
    ok: true,
    record: {
      id: 'a',
      sourceId: null,
      name: 'Café Central',
      names: null,
      category: 'amenity/cafe',
      description: null,
      location: { latitude: 48.2103, longitude: 16.3655 },
      status: 'OPEN',
      timestamp: NOW,
      attributes: null,
      image: null,
    },
  })
})

test('everything that can be said is taken, normalised', () => {
  const parsed = parsePoiInput(
    {
      ...input,
      sourceId: ' app ',
      name: '  Cafe\u0301\tCentral ',
      names: { de: ' Kaffeehaus ' },
      category: 'amenity / cafe/',
      description: '',
      status: 'CLOSED',
      imageBase64: 'aGVsbG8=',
      attributes: { seats: 40 },
    },
    NOW,
  )
  assert.ok(parsed.ok)
  const { sourceId, name, names, category, description, status, attributes, image } = parsed.record
  assert.deepEqual([sourceId, name, names, category, description], ['app', 'Café Central', { de: 'Kaffeehaus' }, 'amenity/cafe', null])
  assert.deepEqual([status, attributes, image], ['CLOSED', { seats: 40 }, Buffer.from('hello')])
})

test('every fault is told at once, with what was wanted and what came', () => {
  const parsed = parsePoiInput(
    {
      id: ' ',
      sourceId: 's'.repeat(257),
      name: '',
      names: ['de'],
      category: '/',
      description: 'd'.repeat(8_193),
      location: { latitude: 91, longitude: -180.5 },
      timestamp: NOW + 301_000_000,
      imageBase64: 'no base64!',
      attributes: 'text',
    },
    NOW,
  )
  assert.ok(!parsed.ok)
  assert.deepEqual(
    parsed.faults.map(fault => `${fault.field} ${fault.code}: ${fault.message}`),
    [
      'names BAD_FORMAT: Wanted an object of language tag to name; came a list of 1.',
      'imageBase64 BAD_FORMAT: Wanted base64; came "no base64!".',
      'id MISSING: Wanted 1 to 256 characters; came nothing.',
      'sourceId TOO_LONG: Wanted at most 256 characters; came 257.',
      "timestamp IN_THE_FUTURE: Wanted at most 5 minutes ahead of the platform's clock; came 301 s ahead.",
      'name MISSING: Wanted 1 to 512 characters; came nothing.',
      'category MISSING: Wanted 1 to 256 characters; came nothing.',
      'description TOO_LONG: Wanted at most 8192 characters; came 8193.',
      'location.latitude OUT_OF_RANGE: Wanted a number from -90 to 90; came 91.',
      'location.longitude OUT_OF_RANGE: Wanted a number from -180 to 180; came -180.5.',
      'attributes BAD_FORMAT: Wanted an object; came "text".',
    ],
  )
})

test('bounds are met exactly', () => {
  assert.deepEqual(
    faultsOfInput({ id: 'i'.repeat(256), name: 'n'.repeat(512), category: 'c'.repeat(256), timestamp: NOW + 300_000_000 }),
    [],
  )
  assert.deepEqual(faultsOfInput({ location: { latitude: -90, longitude: 180 } }), [])
  assert.deepEqual(faultsOfInput({ name: 'n'.repeat(513) }), [['name', 'TOO_LONG']])
  assert.deepEqual(faultsOfInput({ location: { latitude: Number.NaN, longitude: 0 } }), [['location.latitude', 'NOT_A_NUMBER']])
})

test('characters are counted as people count them', () => {
  assert.deepEqual(faultsOfInput({ name: '🍰'.repeat(512) }), [])
  assert.deepEqual(faultsOfInput({ name: '🍰'.repeat(513) }), [['name', 'TOO_LONG']])
})

test('an id has no control characters', () => {
  assert.deepEqual(faultsOfInput({ id: 'a\u0000b' }), [['id', 'BAD_FORMAT']])
})

test('ids that differ in what cannot be encoded are refused, not made one; in other texts it is replaced', () => {
  for (const half of ['\ud800', '\udfff']) {
    assert.deepEqual(faultsOfInput({ id: `a${half}` }), [['id', 'BAD_FORMAT']])
    assert.deepEqual(faultsOfInput({ sourceId: `${half}a` }), [['sourceId', 'BAD_FORMAT']])
    const parsed = parsePoiInput({ ...input, name: `a${half}`, names: { de: half }, description: half }, NOW)
    assert.ok(parsed.ok)
    assert.deepEqual([parsed.record.name, parsed.record.names, parsed.record.description], ['a\ufffd', { de: '\ufffd' }, '\ufffd'])
  }
  assert.deepEqual(faultsOfInput({ id: '🍰', sourceId: '🍰' }), [])
  const removal = parseRemoval({ id: '\ud800', timestamp: NOW }, NOW)
  assert.deepEqual(removal.ok || removal.faults.map(({ code }) => code), ['BAD_FORMAT'])
})

test('an id that nobody can see is none', () => {
  assert.deepEqual(faultsOfInput({ id: ' \u200b\u2060 ' }), [['id', 'MISSING']])
  const parsed = parsePoiInput({ ...input, sourceId: '\u200b' }, NOW)
  assert.ok(parsed.ok && parsed.record.sourceId === null)
})

test('names are texts by language tag', () => {
  assert.deepEqual(faultsOfInput({ names: { de: 'x', 'zh-Hant-TW': 'y', 'sr-Latn': 'z' } }), [])
  assert.deepEqual(faultsOfInput({ names: { de: 5 } }), [['names.de', 'BAD_FORMAT']])
  assert.deepEqual(faultsOfInput({ names: { de: ' ' } }), [['names.de', 'MISSING']])
  assert.deepEqual(faultsOfInput({ names: { de: 'x'.repeat(513) } }), [['names.de', 'TOO_LONG']])
  assert.deepEqual(faultsOfInput({ names: { 'not a tag': 'x' } }), [['names', 'BAD_FORMAT']])
  assert.deepEqual(faultsOfInput({ names: JSON.parse('{"__proto__":"x"}') }), [['names', 'BAD_FORMAT']])
  const many = Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`de-${i}`, 'x']))
  assert.deepEqual(faultsOfInput({ names: many }), [['names', 'TOO_LARGE']])
})

test('pictures and attributes are bounded', () => {
  const picture = (bytes: number): string => Buffer.alloc(bytes).toString('base64')
  assert.deepEqual(faultsOfInput({ imageBase64: picture(512 * 1024) }), [])
  assert.deepEqual(faultsOfInput({ imageBase64: picture(512 * 1024 + 1) }), [['imageBase64', 'TOO_LARGE']])
  assert.deepEqual(faultsOfInput({ attributes: { a: 'x'.repeat(32 * 1024 - 8) } }), [])
  assert.deepEqual(faultsOfInput({ attributes: { a: 'x'.repeat(32 * 1024 - 7) } }), [['attributes', 'TOO_LARGE']])
  assert.deepEqual(faultsOfInput({ attributes: [] }), [['attributes', 'BAD_FORMAT']])
  assert.deepEqual(faultsOfInput({ attributes: JSON.parse(`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`) }), [
    ['attributes', 'TOO_LARGE'],
  ])
})

test('a removal needs an id and a time', () => {
  const removal = parseRemoval({ id: ' a ', timestamp: NOW }, NOW)
  assert.ok(removal.ok)
  assert.deepEqual([removal.record.id, removal.record.sourceId, removal.record.name], ['a', null, ''])
  const refused = parseRemoval({ id: '', sourceId: 's'.repeat(300), timestamp: NOW * 2 }, NOW)
  assert.ok(!refused.ok)
  assert.deepEqual(
    refused.faults.map(fault => fault.code),
    ['MISSING', 'TOO_LONG', 'IN_THE_FUTURE'],
  )
})
