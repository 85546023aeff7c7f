import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, type TestContext, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { append, bytes, nextBatch, read, record, take, takeWithPartitions, text, values } from './contract-steps.ts'
import { assertCounted, count, task } from './contract-transactions.ts'
import { logContract } from './log.contract.ts'
import { openSqliteLog, type SqliteLog, type SqliteLogOptions } from './log.sqlite.ts'
import type { Log } from './log.ts'

logContract('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-log-'))
  const opened = new WeakMap<Log, SqliteLog>()
  return {
    async open(limits) {
      const log = await openSqliteLog({ path: join(directory, 'log.db'), ...limits })
      opened.set(log, log)
      return log
    },
    async expire(log, topic, before) {
      await opened.get(log)?.trim(topic, before)
    },
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true }),
  }
})

describe('SQLite log: one file', { timeout: 60_000 }, () => {
  test('a later owner fences an earlier one, whose open transaction writes nothing', async t => {
    const open = await storage(t)
    const [old, young] = [await open(), await open()]
    await old.topics.ensure(['in', 'out'].map(name => ({ name, partitions: 2 })))
    await append(old, 'in', 0, 20)
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const { promise: entered, resolve: enter } = Promise.withResolvers<void>()
    let disposed = 0
    const abort = new AbortController()
    const fenced = old.transactor.run({
      inputs: ['in'],
      group: 'group',
      signal: abort.signal,
      open: async () => ({
        async process(batch, tx) {
          for (const record of batch.records) count(tx, 'out', record)
          enter()
          await held
        },
        async [Symbol.asyncDispose]() {
          disposed += 1
        },
      }),
    })
    await entered
    const running = young.transactor.run({
      inputs: ['in'],
      group: 'group',
      signal: abort.signal,
      open: async () =>
        task((batch, tx) => {
          for (const record of batch.records) count(tx, 'out', record)
        }),
    })
    assertCounted(await takeWithPartitions(young, 'out', 20), 20)
    release()
    await assert.rejects(fenced, { code: 'FENCED' })
    assert.equal(disposed, 2)
    await append(young, 'in', 20, 40)
    assertCounted(await takeWithPartitions(young, 'out', 40), 40)
    abort.abort()
    await running
  })

  test('a later sink of the same group ends the earlier one', async t => {
    const open = await storage(t)
    const [old, young] = [await open(), await open()]
    await old.topics.ensure([{ name: 'in', partitions: 1 }])
    const abort = new AbortController()
    const run = (log: Log, opened: () => void, write: (value: string) => void) =>
      log.sinks.run({
        topic: 'in',
        group: 'sink',
        signal: abort.signal,
        open: async () => {
          opened()
          return {
            start: undefined,
            async write({ records }) {
              for (const { value } of records) write(text(value))
            },
            async [Symbol.asyncDispose]() {},
          }
        },
      })
    const first = Promise.withResolvers<void>()
    const second = Promise.withResolvers<void>()
    const wrote = Promise.withResolvers<string>()
    const ended = run(old, first.resolve, () => assert.fail('an earlier owner wrote'))
    await first.promise
    const running = run(young, second.resolve, wrote.resolve)
    await second.promise
    await young.appender.append('in', [record(0, 'a')])
    assert.equal(await wrote.promise, 'a')
    await assert.rejects(ended, { code: 'FENCED' })
    abort.abort()
    await running
  })

  test('threads share one writer through connect(), and hear of each other at once', async t => {
    const log = await (await storage(t))()
    await log.topics.ensure([{ name: 'in', partitions: 1 }])
    const port = log.connect()
    const module = `
      import { workerData, parentPort } from 'node:worker_threads'
      import { openSqliteLog } from '${new URL('./log.sqlite.ts', import.meta.url)}'
      const log = await openSqliteLog({ path: workerData.path, writer: workerData.port })
      await log.appender.append('in', [{ partition: 0, key: null, value: new TextEncoder().encode('from a thread') }])
      for await (const batch of log.tail.read({ topic: 'in', from: [1], signal: AbortSignal.timeout(30_000) })) {
        parentPort.postMessage(Buffer.from(batch.records[0].value).toString())
        break
      }
      await log[Symbol.asyncDispose]()`
    const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(module)}`), {
      workerData: { path: log.path, port },
      transferList: [port],
    })
    assert.deepEqual(await values(log, 'in', 1), ['from a thread'])
    const heard = once(worker, 'message')
    await log.appender.append('in', [record(0, 'from the opener')])
    assert.deepEqual(await heard, ['from the opener'])
    assert.deepEqual(await once(worker, 'exit'), [0])
  })

  test('retention by time and by bytes removes the oldest records', async t => {
    const log = await (await storage(t))({ cleanEveryMs: 5 })
    await log.topics.ensure([
      { name: 'bytes', partitions: 1, retentionBytes: 100_000 },
      { name: 'time', partitions: 1, retentionMs: 1 },
      { name: 'kept', partitions: 1 },
    ])
    const given = Array.from({ length: 300 }, () => ({ partition: 0, key: null, value: new Uint8Array(1_000) }))
    for (const topic of ['bytes', 'time', 'kept']) await log.appender.append(topic, given)
    const earliest = async (topic: string) => (await log.topics.positions(topic)).earliest[0] ?? 0
    // Every commit of anybody is heard; so is that of the cleaner.
    const tail = read(t, log, { topic: 'kept', from: 'latest' })
    while ((await earliest('bytes')) < 100 || (await earliest('time')) < 300) {
      const heard = nextBatch(tail)
      await log.appender.append('kept', [record(0, 'tick')])
      await heard
    }
    assert.ok((await earliest('bytes')) <= 200, 'at least the bytes wanted are kept')
    assert.equal(await earliest('kept'), 0)
    assert.deepEqual((await log.topics.positions('time')).latest, [300])
  })

  test('compaction keeps the newest record of each key, and readers pass the holes', async t => {
    const log = await (await storage(t))({ cleanEveryMs: 5 })
    await log.topics.ensure([{ name: 'state', partitions: 1, compacted: true }])
    const filler = 'x'.repeat(400)
    const total = 6_000
    /** The first ten keys come once, the others again and again. */
    const keyOf = (number: number) => (number < 10 ? `once-${number}` : `key-${number % 7}`)
    for (let first = 0; first < total; first += 500) {
      const given = Array.from({ length: 500 }, (_, index) => ({
        partition: 0,
        key: bytes(keyOf(first + index)),
        value: bytes(`${first + index} ${filler}`),
      }))
      await log.appender.append('state', given)
    }
    const all = async () => {
      const abort = new AbortController()
      const offsets: number[] = []
      for await (const batch of log.tail.read({ topic: 'state', from: 'earliest', signal: abort.signal })) {
        offsets.push(...batch.records.map(({ offset }) => offset))
        if (batch.next === total) abort.abort()
      }
      return offsets
    }
    let offsets = await all()
    while (offsets.length > total * 0.6) offsets = await all()
    assert.deepEqual(offsets.slice(-7), [5993, 5994, 5995, 5996, 5997, 5998, 5999])
    assert.deepEqual(offsets.slice(0, 10), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
    for (const { offset, key, value } of await take(log, 'state', 17)) {
      assert.deepEqual([text(key), text(value).split(' ')[0]], [keyOf(offset), `${offset}`])
    }
  })

  test('an append that waits too long gives up; what became of it shows later', async t => {
    const log = await (await storage(t))()
    await log.topics.ensure([{ name: 'in', partitions: 1 }])
    const other = new DatabaseSync(log.path)
    t.after(() => other.close())
    other.exec('BEGIN IMMEDIATE') // as a process that holds the file
    const abort = new AbortController()
    const aborted = log.appender.append('in', [record(0, 'aborted')], { signal: abort.signal, deadlineMs: 30_000 })
    await assert.rejects(log.appender.append('in', [record(0, 'late')], { deadlineMs: 20 }), { code: 'DEADLINE_EXCEEDED' })
    abort.abort()
    await assert.rejects(aborted, { code: 'DEADLINE_EXCEEDED' })
    other.exec('ROLLBACK')
    await log.appender.append('in', [record(0, 'next')])
    assert.deepEqual(await values(log, 'in', 3), ['aborted', 'late', 'next'])
  })

  test('a full disk refuses appends, harms nothing, and passes', async t => {
    const log = await (await storage(t))({ maxFileBytes: 1_000_000 })
    await log.topics.ensure([{ name: 'in', partitions: 1 }])
    const value = new Uint8Array(50_000)
    let kept = 0
    await assert.rejects(
      async () => {
        for (; kept < 1_000; kept++) await log.appender.append('in', [{ partition: 0, key: null, value }])
      },
      (error: { code?: unknown; cause?: unknown }) => error.code === 'FULL' && /full/.test(String(error.cause)),
    )
    assert.ok(kept > 5)
    assert.deepEqual((await log.topics.positions('in')).latest, [kept])
    assert.equal((await take(log, 'in', kept)).length, kept)
    await log.trim('in', [kept - 1])
    assert.equal((await log.appender.append('in', [{ partition: 0, key: null, value }]))[0]?.offset, kept)
  })

  test('a full disk stops a transactor until there is room; nothing is lost or repeated', async t => {
    const log = await (await storage(t))({ maxFileBytes: 600_000 })
    await log.topics.ensure(['in', 'out', 'ballast'].map(name => ({ name, partitions: 1 })))
    await append(log, 'in', 0, 200)
    const ballast = { partition: 0, key: null, value: new Uint8Array(40_000) }
    for (let full = false; !full; ) {
      full = await log.appender.append('ballast', [ballast]).then(
        () => false,
        () => true,
      )
    }
    const abort = new AbortController()
    const refused = Promise.withResolvers<unknown>()
    const running = log.transactor.run({
      inputs: ['in'],
      group: 'group',
      signal: abort.signal,
      maxRecords: 20,
      open: async () =>
        task((batch, tx) => {
          for (const record of batch.records) count(tx, 'out', { ...record, key: new Uint8Array(1_000) })
        }),
      onRetry: refused.resolve,
    })
    assert.equal(((await refused.promise) as { code?: unknown }).code, 'FULL')
    await log.trim('ballast', (await log.topics.positions('ballast')).latest)
    assertCounted(await takeWithPartitions(log, 'out', 200), 200)
    abort.abort()
    await running
  })

  test('when the writer thread dies, everybody is told', async t => {
    const log = await (await storage(t))()
    await log.topics.ensure([{ name: 'in', partitions: 1 }])
    const signal = AbortSignal.timeout(30_000)
    const tail = nextBatch(read(t, log, { topic: 'in', from: 'earliest' }))
    const opened = Promise.withResolvers<void>()
    const idle = async () => {
      opened.resolve()
      return task(() => {})
    }
    const running = log.transactor.run({ inputs: ['in'], group: 'g', signal, open: idle })
    await opened.promise
    const port = log.connect()
    port.postMessage(null) // not a message that it understands
    const unavailable = { code: 'UNAVAILABLE' }
    await Promise.all([assert.rejects(tail, unavailable), assert.rejects(running, unavailable)])
    await assert.rejects(log.appender.append('in', [record(0, 'a')]), unavailable)
    port.close()
  })

  test('a file that cannot be opened or is no log is refused', async t => {
    const directory = await mkdtemp(join(tmpdir(), 'poi-log-'))
    t.after(() => rm(directory, { recursive: true }))
    const path = join(directory, 'text')
    await writeFile(path, 'This is no log, but long enough to be looked at. '.repeat(100))
    await assert.rejects(openSqliteLog({ path }), { code: 'UNAVAILABLE' })
    await assert.rejects(openSqliteLog({ path: join(path, 'log.db') }), { code: 'UNAVAILABLE' })
  })
})

/** A directory of the test's own; what is opened on it is closed, and it is removed, afterwards. */
const storage = async (t: TestContext) => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-log-'))
  const opened: SqliteLog[] = []
  t.after(async () => {
    for (const log of opened.reverse()) await log[Symbol.asyncDispose]()
    await rm(directory, { recursive: true })
  })
  return async (options: Partial<SqliteLogOptions> = {}) => {
    const path = join(directory, 'log.db')
    const log = await openSqliteLog({ path, ...options })
    opened.push(log)
    return { ...log, path }
  }
}
