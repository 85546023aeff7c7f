import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import protobuf from 'protobufjs/minimal.js'
import { eventIdOf } from './event-id.ts'
import { CHANGE_KINDS, POI_STATUSES, type PoiRecord, type ProcessedPoi, type Submission } from './poi.ts'
import { decodeProcessed, decodeSubmission, encodeProcessed, encodeProgress, encodeSubmission, sourceOf } from './poi-codec.ts'
import type { DecodedSubmission } from './statement.ts'

const TIME = 1_714_564_800_000_000
const json = (value: unknown): Uint8Array => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))

const PLAIN = { noNullPrototype: true } as const
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 })
const filled = text.filter(value => value.trim() !== '')
const micros = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -1_000_000, max: 1_000_000 }), fc.integer({ min: TIME, max: TIME * 2 }))
const degrees = (limit: number) => fc.double({ min: -limit, max: limit, noNaN: true })
const location = fc.record({ latitude: degrees(90), longitude: degrees(180) }, PLAIN)
const names = fc.option(fc.dictionary(fc.oneof(text, fc.constant('__proto__')), text, { minKeys: 1, maxKeys: 5 }).map(plain))
const attributes = fc.option(fc.dictionary(text, fc.jsonValue({ maxDepth: 3 })).map(plain))
const image = fc.option(fc.uint8Array({ minLength: 1, maxLength: 300 }).map(bytes => Buffer.from(bytes)))
const said = {
  id: filled,
  sourceId: fc.option(text),
  name: text,
  names,
  category: text,
  description: fc.option(text),
  location,
  status: fc.constantFrom(...POI_STATUSES),
  timestamp: micros,
  attributes,
}
const record: fc.Arbitrary<PoiRecord> = fc.record({ ...said, image }, PLAIN)
const acceptedAt = fc.option(micros)
const submission: fc.Arbitrary<Submission> = fc.record({ operation: fc.constant('UPSERT'), record, eventId: text, acceptedAt }, PLAIN)
const processed: fc.Arbitrary<ProcessedPoi> = fc.record(
  {
    ...said,
    eventId: text,
    kind: fc.constantFrom(...CHANGE_KINDS),
    version: fc.maxSafeNat(),
    revision: micros,
    operation: fc.constantFrom('UPSERT', 'REMOVE'),
    previousLocation: fc.option(location),
    source: fc.record({ partition: fc.nat(), offset: fc.maxSafeNat() }, PLAIN),
    rulesVersion: fc.nat(),
    acceptedAt,
    processedAt: micros,
    warnings: fc.array(text, { maxLength: 3 }),
    imageHash: fc.option(fc.uint8Array({ minLength: 32, maxLength: 32 }).map(bytes => Buffer.from(bytes).toString('hex'))),
  },
  PLAIN,
)

/** What JSON makes of a value: fast-check's objects may have no prototype, and JSON knows no -0. */
function plain<Value>(value: Value): Value {
  return JSON.parse(JSON.stringify(value))
}

function varint(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value % 128n) | 128, ...varint(value / 128n)]
}

function accepted(decoded: DecodedSubmission): Submission {
  assert.ok(decoded.ok, decoded.ok ? '' : JSON.stringify(decoded.faults))
  return decoded.submission
}

function refused(value: Uint8Array): Record<string, string> {
  const decoded = decodeSubmission(value, { time: TIME })
  assert.ok(!decoded.ok)
  return Object.fromEntries(decoded.faults.map(({ field, code, message }) => [`${field} ${code}`, message]))
}

const cafe = { id: 'cafe-1', name: 'Café Central', category: 'amenity/cafe', location: { latitude: 48.2103, longitude: 16.3655 } }

test('a submission survives being written and read', () => {
  fc.assert(
    fc.property(submission, sent => assert.deepEqual(accepted(decodeSubmission(encodeSubmission(sent), { time: 0 })), sent)),
    { numRuns: 200 },
  )
})

test('of a removal id, source, time, event id and acceptance survive', () => {
  fc.assert(
    fc.property(submission, sent => {
      const removal = accepted(decodeSubmission(encodeSubmission({ ...sent, operation: 'REMOVE' }), { time: 0 }))
      const { id, sourceId, timestamp } = sent.record
      assert.deepEqual([removal.operation, removal.eventId, removal.acceptedAt], ['REMOVE', sent.eventId, sent.acceptedAt])
      assert.deepEqual([removal.record.id, removal.record.sourceId, removal.record.timestamp], [id, sourceId, timestamp])
      assert.deepEqual([removal.record.name, removal.record.location], ['', { latitude: 0, longitude: 0 }])
    }),
  )
})

test('whatever the processor made of a record survives', () => {
  fc.assert(
    fc.property(submission, processed, (sent, poi) => {
      const kept = { ...poi, acceptedAt: poi.acceptedAt ?? sent.acceptedAt }
      const imageHash = sent.record.image === null ? null : poi.imageHash
      const value = encodeProcessed(encodeSubmission(sent), { ...kept, imageHash })
      assert.deepEqual(decodeProcessed(value), {
        type: 'change',
        poi: { ...kept, imageHash },
        image: imageHash === null ? null : sent.record.image,
      })
      assert.deepEqual(sourceOf(value), { ...poi.source, kind: poi.kind })
    }),
    { numRuns: 200 },
  )
})

test('a record that the processor left as it was is not written twice', () => {
  fc.assert(
    fc.property(submission, sent => {
      const original = encodeSubmission(sent)
      const grown = encodeProcessed(original, processedOf(sent)).byteLength - original.byteLength
      assert.ok(grown < 60 + 4 * sent.eventId.length, `${grown}`)
    }),
  )
})

test('a progress record tells where its source stands', () => {
  fc.assert(
    fc.property(fc.record({ partition: fc.nat(), offset: fc.maxSafeNat() }, PLAIN), source => {
      const value = encodeProgress(source)
      assert.deepEqual(decodeProcessed(value), { type: 'progress', source })
      assert.deepEqual(sourceOf(value), { ...source, kind: 'PROGRESS' })
    }),
  )
})

test('the shape with lat and lon as text is read, known by its key or else by what it says', () => {
  const shape = {
    lat: '48.2103',
    lon: ' 16.3655',
    description: 'd',
    category: 'amenity/cafe',
    name: 'Café Central',
    timestamp: '1714564800',
  }
  const byKey = accepted(decodeSubmission(json(shape), { time: 0, key: Buffer.from('cafe-1') }))
  assert.deepEqual(byKey.record, {
    ...cafe,
    sourceId: null,
    names: null,
    description: 'd',
    status: 'OPEN',
    timestamp: TIME,
    attributes: null,
    image: null,
  })
  const byHash = accepted(decodeSubmission(json(shape), { time: 0 }))
  assert.match(byHash.record.id, /^~[\w-]{22}$/)
  const later = accepted(
    decodeSubmission(json({ ...shape, description: 'else', timestamp: 1_714_568_400 }), { time: 0, key: Buffer.alloc(0) }),
  )
  assert.equal(later.record.id, byHash.record.id)
  const elsewhere = accepted(decodeSubmission(json({ ...shape, lat: 48.3 }), { time: 0 }))
  assert.notEqual(elsewhere.record.id, byHash.record.id)
})

test('the shape with a location and a picture is read', () => {
  const shape = { ...cafe, sourceId: 'car-7', description: null, timestamp: 1_714_564_800, base64encodedImage: 'aGVsbG8=' }
  const { record: read, eventId, operation, acceptedAt: at } = accepted(decodeSubmission(json(shape), { time: 0 }))
  assert.deepEqual([read.id, read.sourceId, read.description, read.timestamp], ['cafe-1', 'car-7', null, TIME])
  assert.deepEqual([read.location, read.image], [cafe.location, Buffer.from('hello')])
  assert.deepEqual([eventId, operation, at], [eventIdOf(read, 'UPSERT'), 'UPSERT', null])
})

test('timestamps come in any unit, and the time of the log stands in for none', () => {
  for (const timestamp of [1_714_564_800, 1_714_564_800_000, '1714564800000000', '1714564800000000000', '2024-05-01T14:00:00+02:00'])
    assert.equal(accepted(decodeSubmission(json({ ...cafe, timestamp }), { time: 0 })).record.timestamp, TIME)
  assert.equal(accepted(decodeSubmission(json(cafe), { time: 77 })).record.timestamp, 77)
  for (const timestamp of [1_714_564_800n, 1_714_564_800_000n, 1_714_564_800_000_000n, 1_714_564_800_000_000_000n]) {
    const sent = encodeSubmission({ operation: 'UPSERT', record: recordOf(cafe), eventId: 'e', acceptedAt: null })
    const value = Buffer.concat([sent, Buffer.from([7 << 3, ...varint(timestamp)])])
    assert.equal(accepted(decodeSubmission(value, { time: 0 })).record.timestamp, TIME)
  }
})

test('ids may be numbers; other texts may not', () => {
  assert.equal(accepted(decodeSubmission(json({ ...cafe, id: 42 }), { time: 0 })).record.id, '42')
  assert.ok('name BAD_FORMAT' in refused(json({ ...cafe, name: 42 })))
})

test('JSON with a byte order mark is read', () => {
  assert.ok(decodeSubmission(json(`\ufeff${JSON.stringify(cafe)}`), { time: 0 }).ok)
})

test('Confluent framing is taken off, with one message index, several, or none around JSON', () => {
  const sent: Submission = { operation: 'UPSERT', record: recordOf(cafe), eventId: 'e', acceptedAt: null }
  const frames: readonly (readonly [number[], Uint8Array])[] = [
    [[0], encodeSubmission(sent)],
    [[4, 2, 0], encodeSubmission(sent)],
    [[], json({ ...cafe, timestamp: TIME, eventId: 'e' })],
  ]
  for (const [indexes, body] of frames) {
    const value = Buffer.concat([Buffer.from([0, 0, 0, 1, 44, ...indexes]), body])
    assert.deepEqual(accepted(decodeSubmission(value, { time: 0 })), sent)
    const entry = decodeProcessed(encodeProcessed(value, processedOf(sent)))
    assert.deepEqual(entry.type === 'change' && entry.poi, processedOf(sent))
  }
})

test('every fault is told at once, with what was wanted and what came', () => {
  const faults = refused(
    json({
      id: ' ',
      name: ['x'],
      category: 5,
      location: { latitude: 'north', longitude: 190 },
      timestamp: 'soon',
      status: 3,
      names: 'de',
      attributes: [1],
      base64encodedImage: '***',
      operation: 'DROP',
      description: 'd'.repeat(9_000),
    }),
  )
  assert.deepEqual(faults, {
    'id MISSING': 'Wanted 1 to 256 characters; came nothing.',
    'name BAD_FORMAT': 'Wanted text; came a list of 1.',
    'category BAD_FORMAT': 'Wanted text; came 5.',
    'location.latitude NOT_A_NUMBER': 'Wanted degrees; came "north".',
    'location.longitude OUT_OF_RANGE': 'Wanted a number from -180 to 180; came 190.',
    'timestamp BAD_FORMAT': 'Wanted RFC 3339, or a number of s, ms, µs or ns since 1970; came "soon".',
    'status BAD_FORMAT': 'Wanted one of OPEN, TEMPORARILY_CLOSED, CLOSED, UNKNOWN; came 3.',
    'names BAD_FORMAT': 'Wanted an object of language tag to name; came "de".',
    'attributes BAD_FORMAT': 'Wanted an object; came a list of 1.',
    'imageBase64 BAD_FORMAT': 'Wanted base64; came "***".',
    'operation BAD_FORMAT': 'Wanted UPSERT or REMOVE; came "DROP".',
    'description TOO_LONG': 'Wanted at most 8192 characters; came 9000.',
  })
})

test('JSON can name half of a surrogate pair, which no id can hold', () => {
  assert.deepEqual(Object.keys(refused(json({ ...cafe, eventId: 'e\ud800' }))), ['eventId BAD_FORMAT'])
})

test('what has to be there and is not is missing', () => {
  assert.deepEqual(Object.keys(refused(json({}))), ['id MISSING', 'name MISSING', 'category MISSING', 'location MISSING'])
  assert.deepEqual(Object.keys(refused(json({ ...cafe, location: { latitude: 1 } }))), ['location.longitude MISSING'])
  assert.deepEqual(Object.keys(refused(json({ ...cafe, location: 'here' }))), ['location BAD_FORMAT'])
  assert.deepEqual(Object.keys(refused(new Uint8Array(0))), ['null MISSING'])
})

test('long values are cut in messages, and thousands of faults are not all told', () => {
  const message = refused(json({ ...cafe, timestamp: 'x'.repeat(10_000) }))['timestamp BAD_FORMAT'] ?? ''
  assert.ok(message.length < 200)
  const languages = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`x${i}`, i]))
  assert.equal(Object.keys(refused(json({ ...cafe, names: languages }))).length, 100)
})

test('a refused record is named where it can be', () => {
  const decoded = decodeSubmission(json({ ...cafe, name: 5 }), { time: 0 })
  assert.equal(!decoded.ok && decoded.id, 'cafe-1')
  const garbled = decodeSubmission(Buffer.from([0xff]), { time: 0, key: Buffer.from('cafe-1') })
  assert.equal(!garbled.ok && garbled.id, 'cafe-1')
})

test('what exceeds the bounds is refused before it is decoded', () => {
  assert.deepEqual(Object.keys(refused(new Uint8Array(1024 * 1024 + 1))), ['null TOO_LARGE'])
  for (const deep of [`{"a":${'['.repeat(200)}${']'.repeat(200)}}`, `{"a":${'['.repeat(500_000)}`])
    assert.match(refused(json(deep))['null BAD_FORMAT'] ?? '', /deeper than 100/)
  const groups = Buffer.concat([Buffer.alloc(200, (20 << 3) | 3, 'latin1'), Buffer.alloc(200, (20 << 3) | 4)])
  assert.ok('null BAD_FORMAT' in refused(groups))
  const unknown = Buffer.alloc(2 * 1_001).map((_, i) => (i % 2 === 0 ? 0x58 : 1)) // field 11 as a varint
  assert.match(refused(unknown)['null BAD_FORMAT'] ?? '', /more than 1000 unknown fields/)
  const attributesTooDeep = protobuf.Writer.create()
    .uint32((11 << 3) | 2)
    .string(`{"a":${'['.repeat(10_000)}${']'.repeat(10_000)}}`)
  assert.ok('attributes BAD_FORMAT' in refused(attributesTooDeep.finish()))
})

test('broken bytes are told with their beginning', () => {
  assert.match(refused(Buffer.from('hello world'))['null BAD_FORMAT'] ?? '', /came 11 bytes beginning 68656c6c6f20776f726c64/)
  assert.ok('null BAD_FORMAT' in refused(json('{"a":')))
  assert.ok('null BAD_FORMAT' in refused(Buffer.from('{"name":"\xff"}', 'latin1')))
})

test('members called __proto__ are data', () => {
  const shape = `{"__proto__":{"name":"x"},"id":"a","name":"n","category":"c","lat":1,"lon":2,"attributes":{"__proto__":{"b":1}}}`
  const sent = accepted(decodeSubmission(json(shape), { time: TIME }))
  assert.equal(JSON.stringify(sent.record.attributes), '{"__proto__":{"b":1}}')
  const value = Buffer.from(encodeProcessed(json(shape), processedOf(sent)))
  assert.ok(value.includes('{"__proto__":{"name":"x"}}'))
  const entry = decodeProcessed(value)
  assert.equal(entry.type === 'change' && JSON.stringify(entry.poi.attributes), '{"__proto__":{"b":1}}')
})

test('no bytes make a decoder of submissions throw, whatever they are', () => {
  const bytes = fc.uint8Array({ maxLength: 200 })
  const damaged = fc.tuple(submission, fc.nat(), fc.nat({ max: 255 })).map(([sent, at, byte]) => {
    const value = Uint8Array.from(encodeSubmission(sent))
    value[at % value.length] = byte
    return value
  })
  const anyJson = fc.oneof(
    fc.json().map(json),
    fc
      .dictionary(
        fc.constantFrom(
          'id',
          'name',
          'names',
          'category',
          'location',
          'lat',
          'lon',
          'timestamp',
          'status',
          'attributes',
          'image',
          'operation',
          '__proto__',
        ),
        fc.jsonValue(),
      )
      .map(json),
  )
  const framed = bytes.map(rest => Buffer.from([0, 0, 0, 0, 1, ...rest]))
  fc.assert(
    fc.property(fc.oneof(bytes, damaged, anyJson, framed), value => {
      const decoded = decodeSubmission(value, { time: TIME })
      if (decoded.ok) assert.equal(decodeProcessed(encodeProcessed(value, processedOf(decoded.submission))).type, 'change')
      else assert.ok(decoded.faults.length > 0)
    }),
    { numRuns: 3_000 },
  )
})

test('unknown protobuf fields of a newer producer pass through byte for byte', () => {
  const sent: Submission = { operation: 'UPSERT', record: recordOf(cafe), eventId: 'e', acceptedAt: null }
  const unknown = protobuf.Writer.create()
  unknown
    .uint32((100 << 3) | 2)
    .string('opening hours')
    .uint32(101 << 3)
    .uint32(7)
    .uint32((102 << 3) | 5)
    .fixed32(9)
  unknown
    .uint32((103 << 3) | 3)
    .uint32(1 << 3)
    .uint32(5)
    .uint32((103 << 3) | 4)
  const original = Buffer.concat([unknown.finish(), encodeSubmission(sent), unknown.finish()])
  const value = Buffer.from(encodeProcessed(original, { ...processedOf(sent), name: 'Another name' }))
  assert.deepEqual(value.subarray(0, original.byteLength), original)
  const entry = decodeProcessed(value)
  assert.equal(entry.type === 'change' && entry.poi.name, 'Another name')
})

test('a status that only a newer version knows is UNKNOWN here and passes on', () => {
  const sent: Submission = { operation: 'UPSERT', record: recordOf(cafe), eventId: 'e', acceptedAt: null }
  const original = protobuf.Writer.create()
    .raw(encodeSubmission(sent))
    .uint32(10 << 3)
    .int32(77)
    .finish()
  const read = accepted(decodeSubmission(original, { time: 0 }))
  assert.equal(read.record.status, 'UNKNOWN')
  assert.deepEqual(Buffer.from(encodeProcessed(original, processedOf(read)).subarray(0, original.byteLength)), Buffer.from(original))
  const shape = json({ ...cafe, status: 'Under_Construction' })
  const readJson = accepted(decodeSubmission(shape, { time: 0 }))
  assert.equal(readJson.record.status, 'UNKNOWN')
  assert.ok(Buffer.from(encodeProcessed(shape, processedOf(readJson))).includes('{"status":"Under_Construction"}'))
})

test('unknown JSON members pass through as they were written', () => {
  const shape =
    '{"id":"a","name":"n" , "big": 12345678901234567890.10 ,"category":"c","source":"s","sourceId":"t","x":{"y":[1.0,"\\u00e9"]},"location":{"latitude":1,"longitude":2,"accuracy":5.0}}'
  const sent = accepted(decodeSubmission(json(shape), { time: TIME }))
  assert.equal(sent.record.sourceId, 't')
  const value = Buffer.from(encodeProcessed(json(shape), processedOf(sent)))
  const extra =
    '{"big": 12345678901234567890.10,"source":"s","x":{"y":[1.0,"\\u00e9"]},"location":{"latitude":1,"longitude":2,"accuracy":5.0}}'
  assert.ok(value.includes(extra))
})

test('a `processed` that a producer sends along is not believed', () => {
  const sent: Submission = { operation: 'UPSERT', record: recordOf(cafe), eventId: 'e', acceptedAt: null }
  const forged = encodeProcessed(encodeSubmission(sent), {
    ...processedOf(sent),
    warnings: ['forged'],
    previousLocation: { latitude: 1, longitude: 1 },
    operation: 'REMOVE',
  })
  const poi = processedOf(accepted(decodeSubmission(forged, { time: 0 })))
  const entry = decodeProcessed(encodeProcessed(forged, poi))
  assert.deepEqual(entry.type === 'change' && entry.poi, poi)
  assert.equal(encodeProcessed(forged, poi).byteLength, encodeProcessed(encodeSubmission(sent), poi).byteLength)
})

test('names can be replaced and taken away though the original keeps them', () => {
  const sent: Submission = {
    operation: 'UPSERT',
    record: recordOf({ ...cafe, names: { de: 'a', fr: 'b' } }),
    eventId: 'e',
    acceptedAt: null,
  }
  for (const replaced of [null, { de: 'a' }, { de: 'A', fr: 'b' }, { it: 'c' }]) {
    const entry = decodeProcessed(encodeProcessed(encodeSubmission(sent), { ...processedOf(sent), names: replaced }))
    assert.deepEqual(entry.type === 'change' && entry.poi.names, replaced)
  }
})

test('what is no record of the processed topic stops its reader', () => {
  const sent: Submission = { operation: 'UPSERT', record: recordOf(cafe), eventId: 'e', acceptedAt: null }
  for (const value of [new Uint8Array(0), encodeSubmission(sent), Buffer.from([0xff, 1])]) {
    assert.throws(() => decodeProcessed(value))
    assert.throws(() => sourceOf(value))
  }
})

function recordOf(some: Partial<PoiRecord> & typeof cafe): PoiRecord {
  return { sourceId: null, names: null, description: null, status: 'OPEN', timestamp: TIME, attributes: null, image: null, ...some }
}

/** As the processor would pass on a record that it leaves as it is. */
function processedOf({ record: { image: _, ...rest }, eventId, operation, acceptedAt: at }: Submission): ProcessedPoi {
  return {
    ...rest,
    eventId,
    kind: 'CREATED',
    version: 1,
    revision: TIME,
    operation,
    previousLocation: null,
    source: { partition: 0, offset: 5 },
    rulesVersion: 1,
    acceptedAt: at,
    processedAt: TIME,
    warnings: [],
    imageHash: null,
  }
}
