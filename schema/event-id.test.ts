import assert from 'node:assert/strict'
import { test } from 'node:test'
import { eventIdOf } from './event-id.ts'
import type { PoiRecord } from './poi.ts'

const record: PoiRecord = {
  id: 'a',
  sourceId: 's',
  name: 'Café',
  names: { de: 'Kaffeehaus', fr: 'Café' },
  category: 'amenity/cafe',
  description: null,
  location: { latitude: 48.2, longitude: 16.3 },
  status: 'OPEN',
  timestamp: 1_714_564_800_000_000,
  attributes: { seats: 40, wifi: { free: true, speed: [1, 2] } },
  image: new Uint8Array([1, 2, 3]),
}

test('an event id is 22 characters of base64url', () => {
  assert.match(eventIdOf(record, 'UPSERT'), /^[\w-]{22}$/)
})

test('the same record has the same id, whatever the order of its members', () => {
  const again: PoiRecord = {
    ...record,
    names: { fr: 'Café', de: 'Kaffeehaus' },
    attributes: { wifi: { speed: [1, 2], free: true }, seats: 40 },
    image: Buffer.from([1, 2, 3]),
  }
  assert.equal(eventIdOf(again, 'UPSERT'), eventIdOf(record, 'UPSERT'))
})

test('another record has another id', () => {
  const others: readonly Partial<PoiRecord>[] = [
    { id: 'b' },
    { sourceId: null },
    { name: 'Cafe' },
    { names: null },
    { names: { de: 'Kaffeehaus' } },
    { category: 'amenity' },
    { description: '' },
    { location: { latitude: 48.2, longitude: 16.300001 } },
    { status: 'CLOSED' },
    { timestamp: record.timestamp + 1 },
    { attributes: null },
    { attributes: { seats: '40', wifi: { free: true, speed: [1, 2] } } },
    { attributes: { seats: 40, wifi: { free: true, speed: [2, 1] } } },
    { image: null },
    { image: new Uint8Array([1, 2, 4]) },
  ]
  const ids = new Set([record, ...others.map(other => ({ ...record, ...other }))].map(each => eventIdOf(each, 'UPSERT')))
  ids.add(eventIdOf(record, 'REMOVE'))
  assert.equal(ids.size, others.length + 2)
})

test('of a removal only id, source and time matter', () => {
  assert.equal(eventIdOf({ ...record, name: '' }, 'REMOVE'), eventIdOf(record, 'REMOVE'))
  assert.notEqual(eventIdOf({ ...record, timestamp: 0 }, 'REMOVE'), eventIdOf(record, 'REMOVE'))
})

test('lists and objects of the same members differ', () => {
  const ids = [{ x: [['a', 1]] }, { x: { a: 1 } }, { x: { members: [['a', 1]] } }].map(attributes =>
    eventIdOf({ ...record, attributes }, 'UPSERT'),
  )
  assert.equal(new Set(ids).size, 3)
})

test('ids do not change with the platform: a resend after an upgrade is known again', () => {
  assert.equal(eventIdOf(record, 'UPSERT'), 'BUI5IiopdGBTlE-gnPVNcn')
  assert.equal(eventIdOf(record, 'REMOVE'), '-j1gCTJ_CrcSwdS-RPzhMH')
})
