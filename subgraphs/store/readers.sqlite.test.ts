import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { processedPoi, storedChange } from './changes.fixture.ts'
import { openSqliteProjection } from './projection.sqlite.ts'
import type { Projection } from './projection.ts'
import { type Reader, Readers } from './readers.sqlite.ts'

async function openStore(t: TestContext): Promise<{ projection: Projection; readers: Readers }> {
  const directory = await mkdtemp(join(tmpdir(), 'poi-readers-'))
  const path = join(directory, 'store.db')
  const projection = openSqliteProjection(path)
  const readers = new Readers(path)
  t.after(async () => {
    await readers[Symbol.asyncDispose]()
    await projection[Symbol.asyncDispose]()
    await rm(directory, { recursive: true })
  })
  return { projection, readers }
}

const put = (projection: Projection, id: string) =>
  projection.apply([{ progress: { partition: 0, next: 1, source: 1 }, changes: [storedChange(processedPoi({ id }))] }])
const count = (reader: Reader): number => Number(reader.get('SELECT count(*) AS n FROM poi')?.['n'])

test('a long query keeps its snapshot and keeps nobody from newer rows', async t => {
  const { projection, readers } = await openStore(t)
  await put(projection, 'a')
  const written = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const long = readers.long(async reader => {
    const before = count(reader)
    begun.resolve()
    await written.promise
    return [before, count(reader)]
  })
  await begun.promise
  await put(projection, 'b')
  assert.equal(readers.now(count), 2)
  written.resolve()
  assert.deepEqual(await long, [1, 1])
  assert.equal(await readers.long(async reader => count(reader)), 2, 'the next one sees the newer rows')
})

test('only so many long queries run at one time; the others wait, short ones pass by, and a failure gives its turn on', async t => {
  const { readers } = await openStore(t)
  const running = new Set<PromiseWithResolvers<void>>()
  let most = 0
  const asked = Array.from({ length: 8 }, (_, i) =>
    readers.long(async () => {
      const end = Promise.withResolvers<void>()
      running.add(end)
      most = Math.max(most, running.size)
      await end.promise
      running.delete(end)
      if (i === 1) throw new Error('gives up')
      return i
    }),
  )
  const settled = Promise.allSettled(asked)
  let isDone = false
  void settled.then(() => {
    isDone = true
  })
  while (!isDone) {
    assert.equal(readers.now(count), 0)
    for (const { resolve } of running) resolve()
    await new Promise(resolve => setImmediate(resolve))
  }
  assert.equal(most, 3)
  assert.deepEqual(
    (await settled).map(({ status }) => status),
    ['fulfilled', 'rejected', ...Array.from({ length: 6 }, () => 'fulfilled')],
  )
})

test('a connection only reads, and after closing nothing is answered', async t => {
  const { readers } = await openStore(t)
  assert.throws(() => readers.now(reader => reader.all('DELETE FROM poi')), /readonly|read-only|not authorized/i)
  await readers[Symbol.asyncDispose]()
  await readers[Symbol.asyncDispose]()
  assert.throws(() => readers.now(count), { code: 'STORE_UNAVAILABLE' })
  await assert.rejects(
    readers.long(async reader => count(reader)),
    { code: 'STORE_UNAVAILABLE' },
  )
})
