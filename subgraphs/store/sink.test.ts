import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type TestContext, test } from 'node:test'
import { openSqliteLog, type SqliteLog } from '#log/log.sqlite.ts'
import { createLogger } from '#runtime/logger.ts'
import { createRegistry, namingFaults } from '#runtime/metrics.ts'
import { partitionOf } from '#schema/partition.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import { encodeProgress } from '#schema/poi-codec.ts'
import { TOPICS } from '#schema/topics.ts'
import { processedPoi, processedRecord, randomLives, seeded, shuffled } from './changes.fixture.ts'
import { digestOf } from './digest.sqlite.ts'
import { openSqliteProjection } from './projection.sqlite.ts'
import type { Progress, Projection } from './projection.ts'
import { runSink } from './sink.ts'
import { troubleOf } from './sink-trouble.ts'

const PARTITIONS = 4
const logger = createLogger({ service: 'test', level: 'silent' })

async function openTestLog(t: TestContext): Promise<{ log: SqliteLog; storePath: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'poi-sink-'))
  const log = await openSqliteLog({ path: join(directory, 'log.db') })
  t.after(async () => {
    await log[Symbol.asyncDispose]()
    await rm(directory, { recursive: true, force: true })
  })
  await log.topics.ensure([{ name: TOPICS.processed, partitions: PARTITIONS }])
  return { log, storePath: join(directory, 'store.db') }
}

/** Runs the sink until it has applied everything that is in the log. */
async function drain(log: SqliteLog, projection: Projection, registry = createRegistry({ service: 'test' })): Promise<void> {
  const { latest } = await log.topics.positions(TOPICS.processed)
  const missing = new Map(latest.entries().filter(([, end]) => end > 0))
  for (const { partition, next } of await projection.progress()) if (next === latest[partition]) missing.delete(partition)
  const done = new AbortController()
  const onApplied = (progress: readonly Progress[]) => {
    for (const { partition, next } of progress) if (next === latest[partition]) missing.delete(partition)
    if (missing.size === 0) done.abort()
  }
  if (missing.size > 0) await runSink({ feed: log.sinks, projection, signal: done.signal, registry, logger, onApplied })
}

async function append(log: SqliteLog, changes: readonly ProcessedPoi[]): Promise<void> {
  const records = changes.map(poi => ({
    partition: partitionOf(poi.id, PARTITIONS),
    key: Buffer.from(poi.id),
    value: processedRecord(poi, poi.imageHash === null ? null : Buffer.from(poi.imageHash)),
  }))
  for (let at = 0; at < records.length; at += 100) await log.appender.append(TOPICS.processed, records.slice(at, at + 100))
}

async function digestAfter(t: TestContext, changes: readonly ProcessedPoi[]): Promise<string> {
  const { log, storePath } = await openTestLog(t)
  await append(log, changes)
  await using projection = openSqliteProjection(storePath)
  await drain(log, projection)
  return digestOf(storePath)
}

test('in-order, shuffled and 25 % duplicated delivery of the same records give one digest', async t => {
  const random = seeded(20_261_124)
  const changes = randomLives(100, 10, random).map(change => (random() < 0.1 ? { ...change, imageHash: '0f'.repeat(32) } : change))
  const repeated = changes.flatMap(change => (random() < 0.25 ? [change, change] : [change]))
  const inOrder = await digestAfter(t, changes)
  assert.equal(await digestAfter(t, shuffled(changes, random)), inOrder)
  assert.equal(await digestAfter(t, repeated), inOrder)
  assert.equal(await digestAfter(t, shuffled(repeated, random)), inOrder)
})

test('the sink goes on where its rows end, and a progress record alone moves it', async t => {
  const { log, storePath } = await openTestLog(t)
  const partition = partitionOf('a', PARTITIONS)
  await append(log, [processedPoi({ id: 'a', source: { partition, offset: 5 } })])
  {
    await using projection = openSqliteProjection(storePath)
    await drain(log, projection)
    assert.deepEqual(await projection.progress(), [{ partition, next: 1, source: 6 }])
  }
  await log.appender.append(TOPICS.processed, [{ partition, key: null, value: encodeProgress({ partition, offset: 9 }) }])
  await using projection = openSqliteProjection(storePath)
  await drain(log, projection)
  assert.deepEqual(await projection.progress(), [{ partition, next: 2, source: 10 }])
})

test('a commit that fails is made again, and nothing is lost or counted twice', async t => {
  const { log, storePath } = await openTestLog(t)
  await append(log, randomLives(20, 5, seeded(3)))
  await using projection = openSqliteProjection(storePath)
  let failures = 3
  const failing: Projection = {
    engine: projection.engine,
    group: projection.group,
    progress: () => projection.progress(),
    apply: async slices => {
      if (failures-- > 0) throw new Error('disk full')
      return projection.apply(slices)
    },
    [Symbol.asyncDispose]: async () => {},
  }
  await drain(log, failing)
  assert.equal(digestOf(storePath), await digestAfter(t, randomLives(20, 5, seeded(3))))
})

test('the sink tells what it did', async t => {
  const { log, storePath } = await openTestLog(t)
  await append(log, [processedPoi({ id: 'a', acceptedAt: 1 }), processedPoi({ id: 'a', revision: 9, timestamp: 1, kind: 'LATE' })])
  await using projection = openSqliteProjection(storePath)
  const registry = createRegistry({ service: 'test' })
  await drain(log, projection, registry)
  const text = await registry.metrics()
  assert.match(text, /poi_sink_records_total\{engine="sqlite",outcome="latest"\} 1\n/)
  assert.match(text, /poi_sink_records_total\{engine="sqlite",outcome="history"\} 1\n/)
  assert.match(text, /poi_pipeline_end_to_end_seconds_count\{stage="store"\} 1\n/)
  assert.match(text, /poi_sink_lag_records\{engine="sqlite",partition="\d"\} 0\n/)
  assert.deepEqual(namingFaults(await registry.getMetricsAsJSON()), [])
})

test('a full disk is told as such', t => {
  const db = new DatabaseSync(':memory:')
  t.after(() => db.close())
  db.exec('CREATE TABLE t (bytes BLOB); PRAGMA max_page_count = 10')
  let failure: unknown
  try {
    db.exec('INSERT INTO t VALUES (zeroblob(1000000))')
  } catch (error) {
    failure = error
  }
  assert.match(troubleOf(failure), /^The disk of the store is full/)
  assert.match(troubleOf(new Error('something else')), /^The store cannot apply changes/)
})
