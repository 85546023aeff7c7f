import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import fc from 'fast-check'
import protobuf from 'protobufjs'
import { type DeadLetter, decodeDeadLetter, encodeDeadLetter } from './dead-letter-codec.ts'
import { CHANGE_KINDS, FAULT_CODES, POI_STATUSES, type ProcessedPoi, type Submission } from './poi.ts'
import { decodeProcessed, decodeSubmission, encodeProcessed, encodeProgress, encodeSubmission } from './poi-codec.ts'

// The codecs are written by hand; here protobufjs reads poi.proto itself, and the two have to understand each other.
const { root } = protobuf.parse(readFileSync(new URL('./poi.proto', import.meta.url), 'utf8'), { keepCase: true })
const PoiMessage = root.lookupType('poi.v1.Poi')
const DeadLetterMessage = root.lookupType('poi.v1.DeadLetter')

type Fields = Readonly<Record<string, unknown>>

const generic = {
  read: (type: protobuf.Type, bytes: Uint8Array): Fields =>
    type.toObject(type.decode(bytes), { longs: String, enums: String, bytes: Array }),
  write: (type: protobuf.Type, fields: Fields): Uint8Array => type.encode(type.fromObject(fields)).finish(),
}

/** Without what protobuf leaves out. */
function present(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined))
}

const PLAIN = { noNullPrototype: true } as const
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).filter(value => value.trim() !== '')
// Where int64 `timestamp` tells that it is µs.
const micros = fc.integer({ min: 1e14, max: 9e15 })
const degrees = (limit: number) =>
  fc.double({ min: -limit, max: limit, noNaN: true, minExcluded: true }).map(value => (value === 0 ? 1 : value))
const location = fc.record({ latitude: degrees(90), longitude: degrees(180) }, PLAIN)
const names = fc.option(fc.dictionary(fc.constantFrom('de', 'fr', 'pt-BR'), text, { minKeys: 1, noNullPrototype: true }))
const bytes = fc.uint8Array({ minLength: 1, maxLength: 50 }).map(value => Buffer.from(value))
const said = {
  id: text,
  sourceId: fc.option(text),
  name: text,
  names,
  category: text,
  description: fc.option(text),
  location,
  status: fc.constantFrom(...POI_STATUSES),
  timestamp: micros,
  attributes: fc.option(fc.dictionary(text, fc.integer(), { noNullPrototype: true })),
}
const submission: fc.Arbitrary<Submission> = fc.record(
  {
    operation: fc.constant('UPSERT'),
    record: fc.record({ ...said, image: fc.option(bytes) }, PLAIN),
    eventId: text,
    acceptedAt: fc.option(micros),
  },
  PLAIN,
)

function fieldsOf({ record, eventId, acceptedAt }: Submission): Fields {
  const { id, sourceId, name, names, category, description, location, timestamp, status, attributes, image } = record
  return present({
    id,
    source_id: sourceId,
    name,
    names,
    category,
    description,
    location,
    timestamp: String(timestamp),
    status: status === 'OPEN' ? null : `POI_STATUS_${status}`,
    attributes: attributes === null ? null : JSON.stringify(attributes),
    image: image === null ? null : [...image],
    event_id: eventId,
    accepted_at: acceptedAt === null ? null : String(acceptedAt),
  })
}

test('a submission written by hand is read by the schema, and the other way round', () => {
  fc.assert(
    fc.property(submission, sent => {
      assert.deepEqual(generic.read(PoiMessage, encodeSubmission(sent)), fieldsOf(sent))
      assert.deepEqual(decodeSubmission(generic.write(PoiMessage, fieldsOf(sent)), { time: 0 }), { ok: true, submission: sent })
    }),
  )
})

const processed: fc.Arbitrary<ProcessedPoi> = fc.record(
  {
    ...said,
    eventId: text,
    kind: fc.constantFrom(...CHANGE_KINDS),
    version: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
    revision: micros,
    operation: fc.constantFrom('UPSERT', 'REMOVE'),
    previousLocation: fc.option(location),
    source: fc.record({ partition: fc.integer({ min: 0, max: 100 }), offset: fc.maxSafeNat() }, PLAIN),
    rulesVersion: fc.integer({ min: 1, max: 1_000 }),
    acceptedAt: fc.option(micros),
    processedAt: micros,
    warnings: fc.array(text, { maxLength: 3 }),
    imageHash: fc.constant(null),
  },
  PLAIN,
)

test('a processed record written by hand is read by the schema as the merged message, and the other way round', () => {
  fc.assert(
    fc.property(submission, processed, (sent, poi) => {
      const value = encodeProcessed(encodeSubmission(sent), { ...poi, acceptedAt: poi.acceptedAt ?? sent.acceptedAt })
      const fields = generic.read(PoiMessage, value)
      const { id, name, category, location: at, event_time, timestamp, processed: own } = fields
      assert.deepEqual([id, name, category, at], [poi.id, poi.name, poi.category, poi.location])
      assert.equal(String(event_time ?? timestamp), String(poi.timestamp))
      const { source_offset, kind, version, revision, processed_at, warnings } = own as Fields
      assert.deepEqual([source_offset ?? '0', kind, version], [String(poi.source.offset), `CHANGE_KIND_${poi.kind}`, String(poi.version)])
      assert.deepEqual([revision, processed_at, warnings ?? []], [String(poi.revision), String(poi.processedAt), poi.warnings])
      // Written anew by the schema it says the same.
      const again = decodeProcessed(generic.write(PoiMessage, fields))
      assert.deepEqual(again, decodeProcessed(value))
    }),
  )
})

test('a progress record is a Poi with nothing but `processed`', () => {
  const fields = { processed: { source_partition: 3, source_offset: '12345678901' } }
  assert.deepEqual(generic.read(PoiMessage, encodeProgress({ partition: 3, offset: 12_345_678_901 })), fields)
})

const letter: fc.Arbitrary<DeadLetter> = fc.record(
  {
    source: fc.record(
      { topic: text, partition: fc.integer({ min: 0, max: 100 }), offset: fc.maxSafeNat(), time: fc.maxSafeInteger() },
      PLAIN,
    ),
    key: fc.option(fc.uint8Array({ maxLength: 20 }).map(value => Buffer.from(value))),
    value: fc.uint8Array({ minLength: 1, maxLength: 300 }).map(value => Buffer.from(value)),
    faults: fc.array(
      fc.record({ field: fc.option(fc.oneof(text, fc.constant(''))), code: fc.constantFrom(...FAULT_CODES), message: text }, PLAIN),
      {
        maxLength: 5,
      },
    ),
    rulesVersion: fc.nat(),
    attempt: fc.nat(),
    rejectedAt: fc.maxSafeInteger(),
  },
  PLAIN,
)

test('a dead letter survives being written and read', () => {
  fc.assert(fc.property(letter, sent => assert.deepEqual(decodeDeadLetter(encodeDeadLetter(sent)), sent)))
})

test('a dead letter written by hand is read by the schema, and the other way round', () => {
  fc.assert(
    fc.property(letter, sent => {
      const fields = generic.read(DeadLetterMessage, encodeDeadLetter(sent))
      assert.equal(String(fields['rejected_at'] ?? 0), String(sent.rejectedAt))
      assert.deepEqual(decodeDeadLetter(generic.write(DeadLetterMessage, fields)), sent)
    }),
  )
})

test('what is no dead letter stops its reader', () => {
  assert.throws(() => decodeDeadLetter(Buffer.from([0x32, 0x7f])))
})

test('every kind, status and fault has its number in the schema', () => {
  const numbersOf = (name: string, prefix: string, values: readonly string[]): void => {
    const { values: known } = root.lookupEnum(`poi.v1.${name}`)
    assert.deepEqual(
      Object.entries(known),
      ['UNSPECIFIED', ...values].map((value, number) => [`${prefix}_${value}`, number]),
    )
  }
  numbersOf('PoiStatus', 'POI_STATUS', POI_STATUSES)
  numbersOf('ChangeKind', 'CHANGE_KIND', CHANGE_KINDS)
  numbersOf('FaultCode', 'FAULT_CODE', FAULT_CODES)
})
