import assert from 'node:assert/strict'
import { test } from 'node:test'
import { CommandError } from '../exit-code.ts'
import { parseMap } from './columns.ts'
import { createMapping, type MappingOptions } from './mapping.ts'

const TIME = Date.parse('2024-05-01T12:00:00Z') * 1_000
const OPTIONS: MappingOptions = { map: new Map(), source: undefined, category: undefined, timestamp: TIME, idPrefix: '' }

function map(fields: Readonly<Record<string, unknown>>, options: Partial<MappingOptions> = {}) {
  const mapped = createMapping({ ...OPTIONS, ...options })({ row: 1, fields })
  return 'input' in mapped ? mapped.input : mapped.faults.map(({ field, code, message }) => `${field} ${code}: ${message}`)
}

const MINIMAL = { id: 'a', name: 'A', category: 'x', latitude: 1, longitude: 2 }
const MAPPED = { id: 'a', name: 'A', category: 'x', location: { latitude: 1, longitude: 2 }, timestamp: '2024-05-01T12:00:00.000Z' }

test('columns are found by their usual names, whatever their case', () => {
  for (const fields of [
    MINIMAL,
    { ID: 'a', Title: 'A', Type: 'x', Y: '1', X: '2' },
    { ident: 'a', name: 'A', kind: 'x', latitude_deg: '1', longitude_deg: '2' },
    { id: 'a', name: 'A', category: 'x', location: { lat: 1, lng: 2 } },
    { id: 'a', name: 'A', category: 'x', coordinates: [2, 1] },
    { id: 'a', name: 'A', category: 'x', position: '1, 2' },
  ])
    assert.deepEqual(map(fields), MAPPED, JSON.stringify(fields))
})

test('both record shapes in the wild are understood', () => {
  const lat = { lat: '48.2', lon: '16.37', description: 'd', category: 'c', name: 'n', timestamp: 1714564800 }
  assert.deepEqual(map({ ...lat, id: 7 }), {
    id: '7',
    name: 'n',
    category: 'c',
    description: 'd',
    location: { latitude: 48.2, longitude: 16.37 },
    timestamp: '2024-05-01T12:00:00.000Z',
  })
  const full = {
    id: 'i',
    sourceId: 's',
    name: 'n',
    category: 'c',
    location: { latitude: 1, longitude: 2 },
    timestamp: 1714564800123,
    base64encodedImage: 'aGk=',
  }
  assert.deepEqual(map(full), {
    id: 'i',
    sourceId: 's',
    name: 'n',
    category: 'c',
    location: { latitude: 1, longitude: 2 },
    timestamp: '2024-05-01T12:00:00.123Z',
    imageBase64: 'aGk=',
  })
})

test('the more telling of two columns wins, and the other one is kept as an attribute', () => {
  assert.deepEqual(map({ ...MINIMAL, type: 'airport', ident: 'LOWW', empty: ' ', nothing: null }), {
    ...MAPPED,
    attributes: { type: 'airport', ident: 'LOWW' },
  })
})

test('--map counts before any usual name; --source, --category and --id-prefix fill in', () => {
  assert.deepEqual(
    map(
      { id: 'a', name: 'no', title_en: 'A', latitude: 1, longitude: 2, operator: 'me' },
      { map: parseMap(['name=title_en', 'source=operator']), category: 'x', source: 'other', idPrefix: 'p:' },
    ),
    { ...MAPPED, id: 'p:a', sourceId: 'me', attributes: { name: 'no' } },
  )
  assert.throws(
    () => parseMap(['nme=title']),
    (error: unknown) => error instanceof CommandError && error.exit === 2,
  )
  assert.throws(() => parseMap(['name']), CommandError)
})

test('names by language come from name:xx columns and from names', () => {
  assert.deepEqual(map({ ...MINIMAL, 'name:de': 'Ä', 'name:zh-Hant': '字', names: '{"fr":"É"}' }), {
    ...MAPPED,
    names: { de: 'Ä', 'zh-Hant': '字', fr: 'É' },
  })
  assert.deepEqual(map({ id: 'a', category: 'x', lat: 1, lon: 2, 'name:de': 'Ä' }), { ...MAPPED, name: 'Ä', names: { de: 'Ä' } })
})

test('times: RFC 3339 with any offset, numbers of any magnitude, dates and times without offset as UTC', () => {
  for (const [timestamp, expected] of [
    ['2024-05-01T14:00:00+02:00', '2024-05-01T12:00:00.000Z'],
    ['1714564800', '2024-05-01T12:00:00.000Z'],
    [1714564800123456, '2024-05-01T12:00:00.123456Z'],
    ['2024-05-01', '2024-05-01T00:00:00.000Z'],
    ['2024-05-01 12:00', '2024-05-01T12:00:00.000Z'],
    ['', '2024-05-01T12:00:00.000Z'],
  ] as const)
    assert.deepEqual(map({ ...MINIMAL, timestamp }), { ...MAPPED, timestamp: expected })
})

test('every fault of a row is told at once, and __proto__ is data', () => {
  assert.deepEqual(map({ lat: 'north', timestamp: 'yesterday', attributes: '[1]' }), [
    'id MISSING: wanted a value, got none; --map id=COLUMN names its column',
    'name MISSING: wanted a value, got none; --map name=COLUMN names its column',
    'category MISSING: wanted a value, got none; --map category=COLUMN names its column',
    'location.latitude NOT_A_NUMBER: wanted degrees, got "north"',
    'location.longitude MISSING: wanted degrees, got nothing; --map longitude=COLUMN names the column',
    'timestamp BAD_FORMAT: wanted RFC 3339 (2024-05-01T12:00:00Z) or a number of s, ms, µs or ns since 1970, got "yesterday"',
    'attributes BAD_FORMAT: wanted a JSON object, got "[1]"',
  ])
  const hostile = map(
    JSON.parse(
      '{"id":"a","name":"A","category":"x","latitude":1,"longitude":2,"__proto__":{"polluted":true},"attributes":{"__proto__":1}}',
    ),
  )
  assert.ok(!Array.isArray(hostile))
  assert.equal(JSON.stringify(hostile.attributes), '{"__proto__":1}')
  assert.ok(!('polluted' in {}))
})

test('a status that the platform does not know is an attribute, unless --map says it is one', () => {
  assert.deepEqual(map({ ...MINIMAL, status: 'temporarily closed' }), { ...MAPPED, status: 'TEMPORARILY_CLOSED' })
  assert.deepEqual(map({ ...MINIMAL, status: 'active' }), { ...MAPPED, attributes: { status: 'active' } })
  assert.deepEqual(map({ ...MINIMAL, state: 'active' }, { map: parseMap(['status=state']) }), [
    'status BAD_FORMAT: wanted one of OPEN, TEMPORARILY_CLOSED, CLOSED, UNKNOWN, got "active"',
  ])
})
