import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import type { ProcessedPoi } from '#schema/poi.ts'
import { pick, processedPoi, randomLives, seeded, shuffled, storedChange } from './changes.fixture.ts'
import { digestOf } from './digest.sqlite.ts'
import { openSqliteProjection } from './projection.sqlite.ts'

async function storeFile(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'poi-store-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'store.db')
}

/** Applies the changes in commits of varying size and tells what the file then says. */
async function contentAfter(t: TestContext, changes: readonly ProcessedPoi[], random: () => number): Promise<string> {
  const path = await storeFile(t)
  await using projection = openSqliteProjection(path)
  for (let at = 0; at < changes.length; ) {
    const size = 1 + Math.floor(random() * 60)
    const part = changes.slice(at, at + size).map(storedChange)
    at += size
    const middle = Math.floor(part.length / 2)
    await projection.apply([
      { progress: { partition: 0, next: at, source: at }, changes: part.slice(0, middle) },
      { progress: { partition: 1, next: at, source: at }, changes: part.slice(middle) },
    ])
  }
  return digestOf(path)
}

for (const seed of [1, 2, 3]) {
  test(`in order, shuffled and with a quarter delivered twice, the same changes leave the same content (seed ${seed})`, async t => {
    const random = seeded(seed)
    const changes = randomLives(40, 12, random)
    const repeated = changes.flatMap(change => (random() < 0.25 ? [change, change] : [change]))
    const inOrder = await contentAfter(t, changes, random)
    assert.equal(await contentAfter(t, shuffled(changes, random), random), inOrder)
    assert.equal(await contentAfter(t, repeated, random), inOrder)
    assert.equal(await contentAfter(t, shuffled([...repeated, ...repeated], random), random), inOrder)
    assert.notEqual(await contentAfter(t, changes.slice(0, -1), random), inOrder, 'the digest notices what is missing')
  })
}

test('the digest notices any field that differs', async t => {
  const random = seeded(7)
  const poi = processedPoi({ id: 'a' })
  const digest = await contentAfter(t, [poi], random)
  const others = [
    { name: 'B' },
    { version: 2 },
    { attributes: { x: 1 } },
    { location: { latitude: 1, longitude: 1 } },
    { status: 'CLOSED' },
  ] as const
  for (const other of others) assert.notEqual(await contentAfter(t, [{ ...poi, ...other }], random), digest)
})

test('a failed commit leaves rows and progress as they were, and the next one goes on', async t => {
  const path = await storeFile(t)
  await using projection = openSqliteProjection(path)
  const good = storedChange(processedPoi({ id: 'good' }))
  await projection.apply([{ progress: { partition: 0, next: 1, source: 1 }, changes: [good] }])
  const before = digestOf(path)
  const bad = { ...storedChange(processedPoi({ id: 'bad', category: 'new' })), record: 7 as unknown as Uint8Array }
  const other = storedChange(processedPoi({ id: 'other', category: 'new/too' }))
  await assert.rejects(projection.apply([{ progress: { partition: 0, next: 3, source: 3 }, changes: [other, bad] }]))
  assert.equal(digestOf(path), before)
  assert.deepEqual(await projection.progress(), [{ partition: 0, next: 1, source: 1 }])
  assert.deepEqual(await projection.apply([{ progress: { partition: 0, next: 2, source: 2 }, changes: [other] }]), {
    latest: 1,
    history: 0,
    known: 0,
  })
  assert.deepEqual(await projection.progress(), [{ partition: 0, next: 2, source: 2 }])
})

test('every change is counted as latest, history or known', async t => {
  const path = await storeFile(t)
  await using projection = openSqliteProjection(path)
  const created = processedPoi({ id: 'a', revision: 100, timestamp: 100 })
  const late = processedPoi({ id: 'a', revision: 101, timestamp: 50, kind: 'LATE' })
  const changes = pick([[created, late, created]], () => 0).map(storedChange)
  assert.deepEqual(await projection.apply([{ progress: { partition: 0, next: 1, source: 1 }, changes }]), {
    latest: 1,
    history: 1,
    known: 1,
  })
  assert.deepEqual(await projection.apply([{ progress: { partition: 0, next: 1, source: 1 }, changes }]), {
    latest: 0,
    history: 0,
    known: 3,
  })
})
