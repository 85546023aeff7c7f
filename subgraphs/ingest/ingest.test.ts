import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { graphql } from 'graphql'
import { Registry } from 'prom-client'
import { openSqliteLog } from '#log/log.sqlite.ts'
import type { Log } from '#log/log.ts'
import { createLogger } from '#runtime/logger.ts'
import { namingFaults } from '#runtime/metrics.ts'
import { decodeCursor, decodeReceipt, encodeCursor, encodeReceipt } from '#schema/cursor.ts'
import { encodeDeadLetter } from '#schema/dead-letter-codec.ts'
import { partitionOf } from '#schema/partition.ts'
import type { ChangeKind, Micros, ProcessedPoi } from '#schema/poi.ts'
import { decodeSubmission, encodeProcessed, encodeProgress } from '#schema/poi-codec.ts'
import { PROCESSOR_GROUP, TOPICS, topicSpecs } from '#schema/topics.ts'
import { openIngest } from './ingest.ts'

const PARTITIONS = 3
const KEY = new Uint8Array(32).fill(5)

type Limits = Omit<Parameters<typeof openSqliteLog>[0], 'path'>

const opened = async (t: TestContext, limits: Limits = {}) => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-ingest-'))
  const log = await openSqliteLog({ path: join(directory, 'log.db'), ...limits })
  t.after(async () => {
    await log[Symbol.asyncDispose]()
    await rm(directory, { recursive: true })
  })
  await log.topics.ensure(topicSpecs(PARTITIONS, { ms: 86_400_000, bytes: 2 ** 30 }))
  const registry = new Registry()
  const ingest = await openIngest({
    log,
    partitions: PARTITIONS,
    cursorKey: KEY,
    registry,
    logger: createLogger({ service: 'test', level: 'silent' }),
  })
  const ask = async (source: string, variableValues: Record<string, unknown> = {}) => {
    const contextValue = ingest.context({ correlationId: 'test' })
    const { data, errors = [] } = await graphql({ schema: ingest.schema, source, variableValues, contextValue })
    // Plain objects, as a client sees them.
    return { data: JSON.parse(JSON.stringify(data ?? null)), errors: errors.map(error => error.toJSON()) }
  }
  const counted = async (outcome: string) => {
    const counter = (await registry.getMetricsAsJSON()).find(({ name }) => name === 'poi_ingest_records_total')
    return counter?.values.find(({ labels }) => labels['outcome'] === outcome)?.value ?? 0
  }
  return { log, ingest, registry, ask, counted }
}

const RESULT = `__typename ... on PoiAccepted { id receipt acceptedAt } ... on PoiRefused { refusedId: id faults { field code message } }`
const SUBMIT = `mutation ($input: PoiInput!, $key: ID) { submitPoi(input: $input, idempotencyKey: $key) { ${RESULT} } }`
const SUBMIT_MANY = `mutation ($inputs: [PoiInput!]!) { submitPois(inputs: $inputs) { accepted refused results { ${RESULT} } } }`
const REMOVE = `mutation ($id: ID!, $timestamp: DateTime!, $key: ID) { removePoi(id: $id, timestamp: $timestamp, idempotencyKey: $key) { ${RESULT} } }`
const RECEIPT = `query ($receipt: Receipt!) { receipt(receipt: $receipt) { state processedAs reasons { field code message } } }`

const cafe = (id: string, more: Record<string, unknown> = {}) => ({
  id,
  name: `Café ${id}`,
  category: 'amenity/cafe',
  location: { latitude: 48.2, longitude: 16.37 },
  timestamp: '2024-05-01T12:00:00+02:00',
  ...more,
})

/** What lies in the topic, by partition. */
const recordsOf = async (log: Log, topic: string) => {
  const { earliest, latest } = await log.topics.positions(topic)
  const records: { partition: number; offset: number; key: string; value: Uint8Array }[] = []
  let missing = latest.reduce((sum, end, partition) => sum + end - (earliest[partition] ?? 0), 0)
  if (missing === 0) return records
  for await (const batch of log.tail.read({ topic, from: earliest, signal: AbortSignal.timeout(5_000) })) {
    for (const { offset, key, value } of batch.records) {
      records.push({ partition: batch.partition, offset, key: Buffer.from(key ?? []).toString(), value })
    }
    missing -= batch.records.length
    if (missing <= 0) break
  }
  return records
}

test('an accepted record is in the log, in the partition of its id, and its receipt says where', async t => {
  const { log, ask, counted } = await opened(t)
  const before = Date.now()
  const { data, errors } = await ask(SUBMIT, { input: cafe('café-1', { sourceId: 'osm' }), key: 'order-7' })
  assert.deepEqual(errors, [])
  const { id, receipt, acceptedAt } = data.submitPoi
  assert.equal(id, 'café-1')
  assert.ok(Date.parse(acceptedAt) >= before)
  const [record, ...others] = await recordsOf(log, TOPICS.unprocessed)
  assert.ok(record !== undefined && others.length === 0)
  assert.equal(record.key, 'café-1')
  assert.equal(record.partition, partitionOf('café-1', PARTITIONS))
  assert.deepEqual(decodeReceipt(receipt, KEY), {
    partition: record.partition,
    offset: record.offset,
    acceptedAt: Date.parse(acceptedAt) * 1_000,
  })
  const decoded = decodeSubmission(record.value, { time: 0 })
  assert.ok(decoded.ok)
  assert.equal(decoded.submission.eventId, 'order-7')
  assert.equal(decoded.submission.operation, 'UPSERT')
  assert.equal(decoded.submission.acceptedAt, Date.parse(acceptedAt) * 1_000)
  assert.equal(decoded.submission.record.timestamp, Date.parse('2024-05-01T10:00:00Z') * 1_000)
  assert.equal(await counted('accepted'), 1)
})

test('a refusal is data with every fault, and nothing is written', async t => {
  const { log, ask, counted } = await opened(t)
  const { data, errors } = await ask(SUBMIT, {
    input: cafe('c', { name: ' ', category: '', location: { latitude: 95, longitude: 0 } }),
    key: '',
  })
  assert.deepEqual(errors, [])
  assert.equal(data.submitPoi.__typename, 'PoiRefused')
  assert.deepEqual(
    data.submitPoi.faults.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`),
    ['name MISSING', 'category MISSING', 'location.latitude OUT_OF_RANGE', 'idempotencyKey MISSING'],
  )
  assert.deepEqual(await recordsOf(log, TOPICS.unprocessed), [])
  assert.equal(await counted('refused'), 1)
})

test('a batch judges each record by itself and answers in input order', async t => {
  const { log, ask, counted } = await opened(t)
  const inputs = Array.from({ length: 1_000 }, (_, nth) => cafe(`poi-${nth}`, nth % 10 === 3 ? { name: '' } : {}))
  const { data, errors } = await ask(SUBMIT_MANY, { inputs })
  assert.deepEqual(errors, [])
  const { accepted, refused, results } = data.submitPois
  assert.deepEqual({ accepted, refused }, { accepted: 900, refused: 100 })
  assert.deepEqual(
    results.map(({ id, refusedId }: { id?: string; refusedId?: string }) => id ?? refusedId),
    inputs.map(({ id }) => id),
  )
  const written = new Map((await recordsOf(log, TOPICS.unprocessed)).map(({ key, partition, offset }) => [key, { partition, offset }]))
  assert.equal(written.size, 900)
  results.forEach(({ __typename, id, receipt }: { __typename: string; id: string; receipt: string }, nth: number) => {
    assert.equal(__typename, nth % 10 === 3 ? 'PoiRefused' : 'PoiAccepted')
    if (__typename === 'PoiRefused') return
    const { partition, offset } = decodeReceipt(receipt, KEY) ?? {}
    assert.deepEqual({ partition, offset }, written.get(id))
  })
  assert.equal(await counted('accepted'), 900)
  assert.equal(await counted('refused'), 100)
})

test('a batch has 1 to 1,000 records', async t => {
  const { ask } = await opened(t)
  for (const length of [0, 1_001]) {
    const { data, errors } = await ask(SUBMIT_MANY, { inputs: Array.from({ length }, (_, nth) => cafe(`poi-${nth}`)) })
    assert.equal(data, null)
    assert.equal(errors[0]?.extensions?.['code'], 'BAD_USER_INPUT')
    assert.match(errors[0]?.message ?? '', new RegExp(`wanted 1 to 1000 records; came ${length}`))
  }
})

test('the largest record within the bounds is accepted', async t => {
  const { ask } = await opened(t)
  const names = Object.fromEntries(
    Array.from({ length: 100 }, (_, nth) => [`x${nth}a-a`.replace(/\d/g, digit => 'abcdefghij'[Number(digit)] ?? ''), '漢'.repeat(512)]),
  )
  const input = cafe('漢'.repeat(256), {
    names,
    description: '🗺'.repeat(8_192),
    imageBase64: Buffer.alloc(512 * 1024, 1).toString('base64'),
    attributes: { text: '漢'.repeat(10_000) },
  })
  const { data, errors } = await ask(SUBMIT, { input, key: '🗺'.repeat(256) })
  assert.deepEqual(errors, [])
  assert.equal(data.submitPoi.__typename, 'PoiAccepted', JSON.stringify(data.submitPoi))
})

test('a removal is a record like any other', async t => {
  const { log, ask } = await opened(t)
  const { data } = await ask(REMOVE, { id: 7, timestamp: '2024-05-01T12:00:00Z', key: 'gone' })
  assert.equal(data.removePoi.__typename, 'PoiAccepted')
  assert.equal(data.removePoi.id, '7')
  const [record] = await recordsOf(log, TOPICS.unprocessed)
  const decoded = decodeSubmission(record?.value ?? new Uint8Array(), { time: 0 })
  assert.ok(decoded.ok && decoded.submission.operation === 'REMOVE' && decoded.submission.eventId === 'gone')
  const refused = await ask(REMOVE, { id: '', timestamp: '2999-01-01T00:00:00Z' })
  assert.deepEqual(
    refused.data?.removePoi.faults.map(({ field }: { field: string }) => field) ?? refused.errors[0]?.extensions?.['code'],
    refused.data === null ? 'BAD_USER_INPUT' : ['id', 'timestamp'],
  )
})

test('when the log is full the mutation is shed, retryable, and counted', async t => {
  const { ask, counted, registry } = await opened(t, { maxInFlightRecords: 10 })
  const inputs = Array.from({ length: 8 }, (_, nth) => cafe(`poi-${nth}`))
  const answers = await Promise.all([ask(SUBMIT_MANY, { inputs }), ask(SUBMIT_MANY, { inputs })])
  const refused = answers.flatMap(({ errors }) => errors)
  assert.equal(refused.length, 1)
  const { code, retryable, retryAfterMs } = refused[0]?.extensions ?? {}
  assert.deepEqual({ code, retryable, retryAfterMs }, { code: 'OVERLOADED', retryable: true, retryAfterMs: 200 })
  assert.equal(await counted('accepted'), 8)
  assert.equal(await counted('shed'), 8)
  assert.match(await registry.metrics(), /^poi_shed_total\{reason="log_full"\} 8$/m)
  assert.deepEqual(namingFaults(await registry.getMetricsAsJSON()), [])
})

test('a full disk is told as such, and ingest is not ready until there is room', async t => {
  const { log, ask, ingest } = await opened(t, { maxFileBytes: 2_000_000 })
  const inputs = Array.from({ length: 50 }, (_, nth) => cafe(`poi-${nth}`, { description: 'x'.repeat(4_000) }))
  let errors: Awaited<ReturnType<typeof ask>>['errors'] = []
  while (errors.length === 0) errors = (await ask(SUBMIT_MANY, { inputs })).errors
  assert.equal(errors[0]?.message, "The disk of the platform's log is full; nothing was written.")
  const { code, retryable, retryAfterMs } = errors[0]?.extensions ?? {}
  assert.deepEqual({ code, retryable, retryAfterMs }, { code: 'DISK_FULL', retryable: true, retryAfterMs: 5_000 })
  assert.deepEqual(await ingest.missing(), ["The disk of the platform's log is full."])
  const { latest } = await log.topics.positions(TOPICS.unprocessed)
  await log.trim(TOPICS.unprocessed, latest)
  assert.deepEqual((await ask(SUBMIT_MANY, { inputs })).errors, [])
  assert.deepEqual(await ingest.missing(), [])
})

test('a log that is gone is a system fault, and ingest is not ready', async t => {
  const { log, ask, ingest } = await opened(t)
  assert.deepEqual(await ingest.missing(), [])
  await log[Symbol.asyncDispose]()
  const { errors } = await ask(SUBMIT, { input: cafe('poi-1') })
  assert.equal(errors[0]?.extensions?.['code'], 'BROKER_UNAVAILABLE')
  assert.deepEqual(await ingest.missing(), ['The log does not answer.'])
})

/** Processes what is in the log with the real transactor, as the ids of the records ask, until `count` records are done. */
const processAll = async (log: Log, count: number): Promise<void> => {
  const done = new AbortController()
  let processed = 0
  await log.transactor.run({
    inputs: [TOPICS.unprocessed],
    group: PROCESSOR_GROUP,
    signal: done.signal,
    open: async () => ({
      process({ partition, records, topic }, tx) {
        for (const { offset, time, key, value } of records) {
          const decoded = decodeSubmission(value, { time })
          assert.ok(decoded.ok)
          const { record, eventId, operation, acceptedAt } = decoded.submission
          const [wish = ''] = record.id.split('-')
          const source = { partition, offset }
          if (wish === 'duplicate') tx.append(TOPICS.processed, key, encodeProgress(source))
          else if (wish === 'rejected') {
            const faults = [{ field: 'name', code: 'RULE', message: 'Rule no-test-names says no.' }] as const
            tx.append(
              TOPICS.rejected,
              key,
              encodeDeadLetter({ source: { ...source, topic, time }, key, value, faults, rulesVersion: 1, attempt: 1, rejectedAt: 1 }),
            )
          } else {
            const poi: ProcessedPoi = {
              ...withoutImage(record),
              ...NEW,
              kind: wish.toUpperCase() as ChangeKind,
              eventId,
              operation,
              acceptedAt,
              source,
            }
            tx.append(TOPICS.processed, key, encodeProcessed(value, poi))
          }
        }
      },
      async [Symbol.asyncDispose]() {},
    }),
    onCommit: commit => {
      processed += commit.records
      if (processed >= count) done.abort()
    },
  })
}
const NOW: Micros = Date.now() * 1_000
const NEW = { version: 1, revision: NOW, processedAt: NOW, previousLocation: null, rulesVersion: 1, warnings: [], imageHash: null }
/** An id like this one that lies in the partition. */
const oneOf = (partition: number, id: string): string => {
  let found = id
  for (let nth = 0; partitionOf(found, PARTITIONS) !== partition; nth++) found = `${id}-${nth}`
  return found
}
const withoutImage = <T extends { image: unknown }>({ image: _, ...rest }: T) => rest

test('a receipt tells what became of its record', async t => {
  const { log, ask } = await opened(t)
  const ids = [
    'created-1',
    'updated-1',
    'rejected-1',
    'late-1',
    'duplicate-1',
    'removed-1',
    'created-2',
    'duplicate-2',
    'rejected-2',
    'created-3',
  ]
  const { data } = await ask(SUBMIT_MANY, { inputs: ids.map(id => cafe(id)) })
  const receipts: { id: string; receipt: string }[] = data.submitPois.results
  for (const { receipt } of receipts) {
    assert.deepEqual((await ask(RECEIPT, { receipt })).data.receipt, { state: 'PENDING', processedAs: null, reasons: [] })
  }
  await processAll(log, ids.length)
  const changes = await recordsOf(log, TOPICS.processed)
  const wanted = { created: 'APPLIED', updated: 'APPLIED', removed: 'APPLIED', late: 'LATE', duplicate: 'DUPLICATE', rejected: 'REJECTED' }
  for (const { id, receipt } of receipts) {
    const { state, processedAs, reasons } = (await ask(RECEIPT, { receipt })).data.receipt
    assert.equal(state, wanted[id.split('-')[0] as keyof typeof wanted], id)
    assert.deepEqual(reasons, state === 'REJECTED' ? [{ field: 'name', code: 'RULE', message: 'Rule no-test-names says no.' }] : [])
    if (state !== 'APPLIED' && state !== 'LATE') assert.equal(processedAs, null)
    else {
      const change = changes.find(({ key }) => key === id)
      const positions = decodeCursor(processedAs, KEY)
      assert.equal(positions?.length, PARTITIONS)
      assert.equal(positions?.[change?.partition ?? -1], (change?.offset ?? -1) + 1)
    }
  }
})

test('a receipt expires with what the log holds, and a duplicate is told as long as that can be known', async t => {
  const { log, ask } = await opened(t)
  const wishes = ['created', 'duplicate', 'rejected', 'created', 'duplicate']
  // All in one partition, in this order.
  const ids = wishes.map((wish, nth) => oneOf(0, `${wish}-${nth}`))
  const { data } = await ask(SUBMIT_MANY, { inputs: ids.map(poi => cafe(poi)) })
  const receipts: { receipt: string }[] = data.submitPois.results
  const states = async () => Promise.all(receipts.map(async ({ receipt }) => (await ask(RECEIPT, { receipt })).data.receipt.state))
  await processAll(log, ids.length)
  assert.deepEqual(await states(), ['APPLIED', 'DUPLICATE', 'REJECTED', 'APPLIED', 'DUPLICATE'])

  const { latest } = await log.topics.positions(TOPICS.processed)
  await log.trim(TOPICS.rejected, (await log.topics.positions(TOPICS.rejected)).latest)
  await log.trim(TOPICS.unprocessed, [3, 0, 0])
  await log.trim(TOPICS.processed, [1, 0, 0])
  // The first change is gone, and so is the dead letter. The last two submissions are held, so their outcomes would be as well.
  assert.deepEqual(await states(), ['EXPIRED', 'EXPIRED', 'EXPIRED', 'APPLIED', 'DUPLICATE'])
  await log.trim(TOPICS.processed, latest)
  assert.deepEqual(await states(), ['EXPIRED', 'EXPIRED', 'EXPIRED', 'EXPIRED', 'EXPIRED'])
})

test('a receipt that is not ours, or of a log that is not this one, is invalid', async t => {
  const { ask } = await opened(t)
  const forged = encodeReceipt({ partition: 0, offset: 0, acceptedAt: 1 }, new Uint8Array(32).fill(6))
  const ahead = encodeReceipt({ partition: 0, offset: 99, acceptedAt: NOW }, KEY)
  const elsewhere = encodeReceipt({ partition: 99, offset: 0, acceptedAt: NOW }, KEY)
  for (const receipt of ['nonsense', forged, ahead, elsewhere, encodeCursor([0, 0, 0], KEY)]) {
    const { errors } = await ask(RECEIPT, { receipt })
    assert.equal(errors[0]?.extensions?.['code'], 'CURSOR_INVALID', receipt)
  }
})

test('the subgraph tells its SDL with the federation directives', async t => {
  const { ask, ingest } = await opened(t)
  const { data } = await ask('{ _service { sdl } }')
  assert.match(data._service.sdl, /federation\/v2\.7/)
  assert.match(ingest.sdl, /type Fault @shareable/)
})

test('whatever comes is accepted, refused with faults, or told to be no PoiInput; what is accepted can be read back as it was', async t => {
  const { log, ask } = await opened(t)
  const text = fc.oneof(
    { weight: 12, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
    { weight: 1, arbitrary: fc.constantFrom('\ud800', '__proto__', '\0', ' ', 'a\nb', 'x'.repeat(600)) },
  )
  const input = fc.record(
    {
      id: fc.oneof(text, fc.integer()),
      sourceId: fc.option(text),
      name: text,
      names: fc.option(fc.oneof(fc.dictionary(text, text, { maxKeys: 3 }), fc.json())),
      category: text,
      description: fc.option(text),
      location: fc.record({
        latitude: fc.double({ min: -95, max: 95 }),
        longitude: fc.oneof(fc.double(), fc.integer({ min: -180, max: 180 })),
      }),
      timestamp: fc.oneof(
        { weight: 5, arbitrary: fc.constant('2024-05-01T12:00:00Z') },
        fc.constantFrom('0001-01-01T00:00:00Z', '9999-12-31T23:59:60Z', 'now', '2024-02-30T00:00:00Z'),
      ),
      status: fc.constantFrom('OPEN', 'CLOSED', null, 'NONE'),
      imageBase64: fc.option(fc.oneof(text, fc.base64String(), fc.base64String())),
      attributes: fc.option(fc.jsonValue()),
    },
    { requiredKeys: ['id', 'name', 'category', 'location', 'timestamp'] },
  )
  const accepted: string[] = []
  await fc.assert(
    fc.asyncProperty(input, fc.option(text), async (record, key) => {
      const { data, errors } = await ask(SUBMIT, { input: record, key })
      if (data === null || data === undefined) {
        assert.ok(errors.length > 0)
        for (const { message, extensions } of errors) {
          assert.match(message, /^Variable "\$(input|key)" got invalid value/)
          assert.ok(extensions?.['code'] === undefined || extensions['code'] === 'BAD_USER_INPUT')
        }
        return
      }
      if (data.submitPoi.__typename === 'PoiAccepted') accepted.push(data.submitPoi.id)
      else assert.ok(data.submitPoi.faults.length > 0)
    }),
    { numRuns: 200 },
  )
  const written = await recordsOf(log, TOPICS.unprocessed)
  assert.equal(written.length, accepted.length)
  assert.ok(accepted.length > 0)
  for (const { key, value } of written) {
    const decoded = decodeSubmission(value, { time: 0 })
    assert.ok(decoded.ok, JSON.stringify(decoded))
    assert.equal(decoded.submission.record.id, key)
  }
  assert.deepEqual(written.map(({ key }) => key).sort(), accepted.sort())
})
