/** The SQLite log alone: what one record costs to append, to read, and to process exactly once; and how soon a reader hears of it. */
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { openSqliteLog, type SqliteLog } from '#log/log.sqlite.ts'
import type { Batch, NewRecord, Tx } from '#log/log.ts'
import { temporaryDirectory } from '../e2e/platform.ts'
import type { Seeded } from '../e2e/seeded.ts'
import { type Measurement, quantiles } from './report.ts'

const PARTITIONS = 6
const RECORDS = 300_000
const KEYS = 70_000
const VALUE_BYTES = 300

export async function logEngine(random: Seeded): Promise<Measurement[]> {
  await using directory = await temporaryDirectory()
  await using log = await openSqliteLog({ path: join(directory.path, 'log.db') })
  await log.topics.ensure(['in', 'out', 'live'].map(name => ({ name, partitions: PARTITIONS })))
  const keys = Array.from({ length: KEYS }, (_, index) => new TextEncoder().encode(`poi-${index}`))
  const record = (value: Uint8Array): NewRecord => {
    const key = random.between(0, KEYS - 1)
    return { partition: key % PARTITIONS, key: keys[key] ?? null, value }
  }
  const value = Uint8Array.from({ length: VALUE_BYTES }, () => random.between(0, 255))

  return [
    ...(await measure('append, 1,000 at a time', '>= 60,000', async () => {
      const batches = Array.from({ length: RECORDS / 1_000 }, () => Array.from({ length: 1_000 }, () => record(value)))
      return () => inParallel(4, batches, batch => log.appender.append('in', batch)).then(() => RECORDS)
    })),
    ...(await measure('append, one at a time, 64 in flight', '>= 3,000', async () => {
      const singles = Array.from({ length: 50_000 }, () => [record(value)])
      return () => inParallel(64, singles, single => log.appender.append('in', single)).then(() => singles.length)
    })),
    ...(await measure('tail from the earliest', undefined, async () => () => readAll(log, 'in'))),
    ...(await measure('transact: pass through, one state put each', '>= 40,000', async () => () => transactAll(log))),
    ...(await live(log, record)),
  ]
}

/** `prepare` makes the load, and the work that it returns is measured; the work tells how many records it handled. */
async function measure(
  benchmark: string,
  target: string | undefined,
  prepare: () => Promise<() => Promise<number>>,
): Promise<Measurement[]> {
  const work = await prepare()
  const cpuBefore = process.cpuUsage()
  const begun = performance.now()
  const records = await work()
  const seconds = (performance.now() - begun) / 1_000
  const { user, system } = process.cpuUsage(cpuBefore)
  return [
    { benchmark, metric: 'throughput', value: records / seconds, unit: 'records/s', ...(target === undefined ? {} : { target }) },
    { benchmark, metric: 'CPU, all threads', value: (user + system) / records, unit: 'µs/record' },
    { benchmark, metric: 'resident memory', value: process.memoryUsage.rss() / 2 ** 20, unit: 'MiB' },
  ]
}

async function inParallel<Item>(width: number, items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}

async function readAll(log: SqliteLog, topic: string): Promise<number> {
  const total = (await log.topics.positions(topic)).latest.reduce((sum, end) => sum + end, 0)
  const abort = new AbortController()
  let read = 0
  for await (const { records } of log.tail.read({ topic, from: 'earliest', signal: abort.signal })) {
    read += records.length
    if (read >= total) abort.abort()
  }
  return read
}

const passThrough = ({ records }: Batch, tx: Tx): void => {
  for (const { key, value } of records) {
    const id = Buffer.from(key ?? []).toString()
    tx.get(id)
    tx.append('out', key, value)
    tx.put(id, value.subarray(0, 100))
  }
}

async function transactAll(log: SqliteLog): Promise<number> {
  const total = (await log.topics.positions('in')).latest.reduce((sum, end) => sum + end, 0)
  const abort = new AbortController()
  let done = 0
  await log.transactor.run({
    inputs: ['in'],
    group: 'bench',
    signal: abort.signal,
    open: async () => ({ process: passThrough, async [Symbol.asyncDispose]() {} }),
    onCommit: ({ records }) => {
      done += records
      if (done >= total) abort.abort()
    },
  })
  return done
}

/** A steady 10,000 records/s in small appends, processed exactly once, and read from the output: the way of a live record. */
async function live(log: SqliteLog, record: (value: Uint8Array) => NewRecord): Promise<Measurement[]> {
  const benchmark = '10,000 records/s live: append, transact, tail'
  const SECONDS = 6
  const abort = new AbortController()
  const samples: number[] = []
  const transacting = log.transactor.run({
    inputs: ['live'],
    group: 'bench-live',
    signal: abort.signal,
    open: async () => ({ process: passThrough, async [Symbol.asyncDispose]() {} }),
  })
  const tailing = (async () => {
    for await (const { records } of log.tail.read({ topic: 'out', from: 'latest', signal: abort.signal })) {
      for (const { value } of records) samples.push(performance.now() - new DataView(value.buffer, value.byteOffset).getFloat64(0))
    }
  })()
  const cpuBefore = process.cpuUsage()
  const begun = performance.now()
  for (let tick = 0; tick < SECONDS * 200; tick++) {
    for (let index = 0; index < 50; index++) {
      const value = new Uint8Array(VALUE_BYTES)
      new DataView(value.buffer).setFloat64(0, performance.now())
      void log.appender.append('live', [record(value)])
    }
    const early = begun + (tick + 1) * 5 - performance.now()
    if (early > 0) await pause(early)
  }
  const { user, system } = process.cpuUsage(cpuBefore)
  await pause(500) // the last ones are still under way
  abort.abort()
  await Promise.all([transacting, tailing])
  return [
    { benchmark, metric: 'CPU, all threads', value: (user + system) / samples.length, unit: 'µs/record' },
    ...quantiles(benchmark, 'append → tail of the output', samples),
  ]
}
