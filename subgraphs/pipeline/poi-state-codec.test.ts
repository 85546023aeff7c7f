import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { POI_STATUSES } from '#schema/poi.ts'
import type { PoiState } from './poi-state.ts'
import { decodePoiState, encodePoiState } from './poi-state-codec.ts'
import { markOf, remember } from './recent-events.ts'

const text = fc.string({ unit: 'grapheme', maxLength: 512 })
const plain = { noNullPrototype: true }
const micros = fc.maxSafeInteger()
const states = fc.record<PoiState>(
  {
    version: fc.nat(),
    revision: micros,
    eventTime: micros,
    removed: fc.boolean(),
    known: fc.option(
      fc.record(
        {
          name: text,
          category: text,
          sourceId: fc.option(text),
          status: fc.constantFrom(...POI_STATUSES),
          location: fc.record(
            {
              latitude: fc.double({ min: -90, max: 90, noNaN: true }),
              longitude: fc.double({ min: -180, max: 180, noNaN: true }),
            },
            plain,
          ),
        },
        plain,
      ),
    ),
    recentEvents: fc.array(fc.string(), { maxLength: 40 }).map(ids => ids.map(markOf).reduce(remember, '')),
  },
  plain,
)

test('every state comes back as it was', () => {
  fc.assert(fc.property(states, state => assert.deepEqual(decodePoiState(encodePoiState(state)), state)))
})

test('the bytes of layout 1 stay readable', () => {
  const golden =
    '01160100020000000440ac58b97018430040ac58b97018433031323334353637098a1f63ee1a484021b07268915d304004000c00436166c3a9616d656e697479' +
    '2f636166656f736d'
  const state: PoiState = {
    version: 2,
    revision: 1_719_835_200_000_001,
    eventTime: 1_719_835_200_000_000,
    removed: false,
    known: {
      name: 'Café',
      category: 'amenity/cafe',
      sourceId: 'osm',
      status: 'TEMPORARILY_CLOSED',
      location: { latitude: 48.2104, longitude: 16.3655 },
    },
    recentEvents: '01234567',
  }
  assert.equal(Buffer.from(encodePoiState(state)).toString('hex'), golden)
  assert.deepEqual(decodePoiState(Buffer.from(golden, 'hex')), state)
})

test('a text that does not fit and a layout of another version are told', () => {
  const state: PoiState = { version: 1, revision: 1, eventTime: 1, removed: false, known: null, recentEvents: '' }
  const known = { name: '€'.repeat(70_000), category: '', sourceId: null, status: 'OPEN', location: { latitude: 0, longitude: 0 } } as const
  assert.throws(() => encodePoiState({ ...state, known }), RangeError)
  assert.throws(() => decodePoiState(Uint8Array.of(2, 0)), /layout 2/)
})
