import assert from 'node:assert/strict'
import { dirname } from 'node:path'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { type Log, LogError, type NewRecord } from '#log/log.ts'
import { openLog } from '#log/open-log.ts'
import { createLogger } from '#runtime/logger.ts'
import { namingFaults } from '#runtime/metrics.ts'
import { partitionOf } from '#schema/partition.ts'
import { PROCESSOR_GROUP, TOPICS } from '#schema/topics.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import {
  cafe,
  caughtUp,
  deadLettersOf,
  ensureTopics,
  NOON,
  PARTITIONS,
  placed,
  processedOf,
  removal,
  SECOND,
  startProcessor,
  temporaryLogFile,
  upsert,
} from './processor.fixture.ts'
import { runProcessor } from './processor.ts'
import { compileRules } from './rules.ts'
import { startProcessor as startProcessorThread } from './start-processor.ts'

/** Tells when a processor on this log was given its first partition. */
const whenOpened = (log: Log, tell: () => void): Log => ({
  ...log,
  transactor: {
    run: request =>
      log.transactor.run({
        ...request,
        open: (partition, start) => {
          tell()
          return request.open(partition, start)
        },
      }),
  },
})

const bytes = (value: Uint8Array | null | undefined) => (value === null || value === undefined ? value : Buffer.from(value).toString('hex'))

test('a record that is fine becomes a change with its version, its source and who judged it', async t => {
  await using processor = await startProcessor(await temporaryLogFile(t))
  const [position] = await processor.submit([placed(upsert(cafe(), 'e1'))])
  await processor.caughtUp()

  const [entry] = await processedOf(processor.log)
  assert.equal(entry?.type, 'change')
  const { poi } = entry
  assert.deepEqual(
    { kind: poi.kind, version: poi.version, eventId: poi.eventId, source: poi.source, rulesVersion: poi.rulesVersion, name: poi.name },
    { kind: 'CREATED', version: 1, eventId: 'e1', source: position, rulesVersion: 1, name: 'Café Central' },
  )
  assert.deepEqual(await deadLettersOf(processor.log), [])
})

test('both shapes in the wild are processed, and the image travels with the change', async t => {
  await using processor = await startProcessor(await temporaryLogFile(t))
  const key = Buffer.from('w1')
  const partition = partitionOf('w1', PARTITIONS)
  const image = Buffer.from('a picture')
  const wild = [
    { lat: '48.2', lon: '16.3', description: 'Coffee', category: 'amenity/cafe', name: 'Kleines Café', timestamp: NOON / 1e6 },
    {
      id: 'w1',
      sourceId: 'osm',
      name: 'Kleines Café',
      category: 'amenity/cafe',
      description: 'Coffee',
      location: { latitude: 48.2, longitude: 16.3 },
      timestamp: NOON / 1e6 + 1,
      base64encodedImage: image.toString('base64'),
    },
  ]
  await processor.submit(wild.map(shape => ({ partition, key, value: Buffer.from(JSON.stringify(shape)) })))
  await processor.caughtUp()

  const entries = await processedOf(processor.log)
  const changes = entries.flatMap(entry => (entry.type === 'change' ? [entry] : []))
  assert.deepEqual(
    changes.map(({ poi }) => [poi.id, poi.kind, poi.version, poi.name, poi.location, poi.timestamp]),
    [
      ['w1', 'CREATED', 1, 'Kleines Café', { latitude: 48.2, longitude: 16.3 }, NOON],
      ['w1', 'UPDATED', 2, 'Kleines Café', { latitude: 48.2, longitude: 16.3 }, NOON + SECOND],
    ],
  )
  assert.equal(bytes(changes[1]?.image), bytes(image))
})

test('dead letters hold the original bytes, where and when they came, and every reason; the stream goes on behind them', async t => {
  await using processor = await startProcessor(await temporaryLogFile(t))
  const blank = placed(upsert(cafe({ name: ' ', location: { latitude: 91, longitude: 0 } }), 'e1'))
  const { partition } = blank
  const poison: readonly NewRecord[] = [
    blank,
    { partition, key: null, value: Buffer.from('{"name": "cut off') },
    { partition, key: Buffer.of(0, 0xff), value: Buffer.of(0xff, 0xff, 0xff) },
    { partition, key: blank.key, value: new Uint8Array(0) },
  ]
  const positions = await processor.submit([...poison, placed(upsert(cafe(), 'e2'))])
  await processor.caughtUp()

  const letters = await deadLettersOf(processor.log)
  assert.deepEqual(
    letters.map(({ key, value }) => [bytes(key), bytes(value)]),
    poison.map(({ key, value }) => [bytes(key), bytes(value)]),
  )
  assert.deepEqual(
    letters.map(({ source }) => ({ topic: source.topic, partition: source.partition, offset: source.offset })),
    positions.slice(0, 4).map(position => ({ topic: TOPICS.unprocessed, ...position })),
  )
  assert.deepEqual(
    letters[0]?.faults.map(({ field, code }) => [field, code]),
    [
      ['name', 'MISSING'],
      ['location.latitude', 'OUT_OF_RANGE'],
    ],
  )
  assert.ok(letters.every(({ source, rulesVersion, attempt }) => source.time > 0 && rulesVersion === 1 && attempt === 1))
  assert.ok(letters.every(({ rejectedAt }) => rejectedAt === NOON))
  assert.deepEqual(
    (await processedOf(processor.log)).map(entry => entry.type),
    ['change'],
  )
})

test('a record of the greatest size that the log takes finds its place among the dead letters', async t => {
  await using processor = await startProcessor(await temporaryLogFile(t))
  const key = Buffer.alloc(512 * 1_024, 'k')
  const value = Buffer.alloc(512 * 1_024 - 8, '{') // the log needs 8 bytes for itself
  await processor.submit([{ partition: 0, key, value }])
  await processor.caughtUp()
  const [letter] = await deadLettersOf(processor.log)
  assert.ok(letter?.key !== null && letter !== undefined && key.equals(letter.key) && value.equals(letter.value))
})

test('a record of another partition is refused there, so that each POI keeps one writer', async t => {
  await using processor = await startProcessor(await temporaryLogFile(t))
  const right = placed(upsert(cafe(), 'e1'))
  const wrong = { ...placed(upsert(cafe({ name: 'Elsewhere' }), 'e2')), partition: (right.partition + 1) % PARTITIONS }
  await processor.submit([right, wrong])
  await processor.caughtUp()
  const [letter] = await deadLettersOf(processor.log)
  assert.match(letter?.faults[0]?.message ?? '', /in partition \d of 3 .*came one in partition/)
  assert.equal((await processedOf(processor.log)).filter(({ type }) => type === 'change').length, 1)
})

test('a transaction whose last record changes nothing tells how far it came', async t => {
  await using processor = await startProcessor(await temporaryLogFile(t))
  await processor.submit([placed(upsert(cafe(), 'e1'))])
  await processor.caughtUp()
  const [position] = await processor.submit([placed(upsert(cafe(), 'e1'))])
  await processor.caughtUp()
  const last = (await processedOf(processor.log)).at(-1)
  assert.deepEqual(last, { type: 'progress', source: position })
})

test('what was known of a POI outlives the process', async t => {
  const path = await temporaryLogFile(t)
  {
    await using first = await startProcessor(path)
    await first.submit([placed(upsert(cafe(), 'e1'))])
    await first.caughtUp()
  }
  await using second = await startProcessor(path)
  await second.submit([placed(upsert(cafe(), 'e1')), placed(removal(cafe(), 'e2'))])
  await second.caughtUp()
  assert.deepEqual(
    (await processedOf(second.log)).map(entry => (entry.type === 'change' ? [entry.poi.kind, entry.poi.version, entry.poi.name] : [])),
    [
      ['CREATED', 1, 'Café Central'],
      ['REMOVED', 2, 'Café Central'],
    ],
  )
})

test('a second processor takes over from the first, and nothing is judged twice', async t => {
  await using first = await startProcessor(await temporaryLogFile(t))
  const records = Array.from({ length: 500 }, (_, index) => placed(upsert(cafe({ id: `cafe-${index % 50}` }), `e${index}`)))
  await first.submit(records.slice(0, 250))
  const stop = new AbortController()
  const { promise: tookOver, resolve } = Promise.withResolvers<void>()
  const second = runProcessor({
    log: whenOpened(first.log, resolve),
    rules: compileRules(DEFAULT_RULES),
    clock: () => NOON,
    registry: new Registry(),
    logger: createLogger({ service: 'test', level: 'silent' }),
    signal: stop.signal,
  })
  await tookOver
  await first.submit(records.slice(250))
  await first.caughtUp()
  await assert.rejects(first.ended, (error: unknown) => error instanceof LogError && error.code === 'FENCED')

  const events = (await processedOf(first.log)).flatMap(entry => (entry.type === 'change' ? [entry.poi.eventId] : []))
  assert.equal(events.length, 500)
  assert.equal(new Set(events).size, 500)
  stop.abort()
  await second
})

test('metrics count what became of the records, once, and name what warned', async t => {
  await using processor = await startProcessor(await temporaryLogFile(t))
  const nowhere = cafe({ id: 'lost', location: { latitude: 0, longitude: 0 } })
  await processor.submit(
    [
      upsert(cafe(), 'e1'),
      upsert(cafe(), 'e1'),
      upsert(cafe({ timestamp: NOON - SECOND }), 'e2'),
      removal(cafe(), 'e3'),
      upsert(nowhere, 'e4'),
    ]
      .concat(upsert(cafe({ name: '' }), 'e5'))
      .map(placed),
  )
  await processor.caughtUp()
  await processor.stop()

  const text = await processor.registry.metrics()
  for (const line of [
    'poi_pipeline_records_total{outcome="created"} 2',
    'poi_pipeline_records_total{outcome="duplicate"} 1',
    'poi_pipeline_records_total{outcome="late"} 1',
    'poi_pipeline_records_total{outcome="removed"} 1',
    'poi_pipeline_records_total{outcome="rejected"} 1',
    'poi_dlq_records_total{reason="missing"} 1',
    'poi_pipeline_rule_warnings_total{rule="null-island"} 1',
    `poi_pipeline_consumer_lag{topic="${TOPICS.unprocessed}",partition="0",group="${PROCESSOR_GROUP}"} 0`,
    'poi_pipeline_end_to_end_seconds_count{stage="processed"} 4',
  ]) {
    assert.ok(text.includes(line), `wanted ${line} in\n${text}`)
  }
  assert.match(text, /poi_pipeline_transaction_seconds_count [1-9]/)
  assert.deepEqual(namingFaults(await processor.registry.getMetricsAsJSON()), [])
})

test('the processor works in a thread of its own, through the writer of the main thread', async t => {
  await using log = await openLog('sqlite:', { dataDir: dirname(await temporaryLogFile(t)) })
  await ensureTopics(log)
  await using thread = await startProcessorThread({ log, logger: createLogger({ service: 'test', level: 'silent' }) })
  await log.appender.append(TOPICS.unprocessed, [placed(upsert(cafe(), 'e1'))])
  await caughtUp(log)
  assert.equal((await processedOf(log)).length, 1)
  const metrics = await thread.snapshot()
  assert.ok(metrics.some(({ name }) => name === 'poi_pipeline_records_total'))
})
