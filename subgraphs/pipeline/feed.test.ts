import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PoiError } from '#runtime/errors.ts'
import { TOPICS } from '#schema/topics.ts'
import { cursorAt, eventIds, feedFixture, filterOf, nextOf, type Stream, settled, subscribe } from './feed.fixture.ts'

const numbered = (from: number, to: number, id = 'a') =>
  Array.from({ length: to - from }, (_, index) => ({ id, eventId: `${id}${from + index}` }))
const idsOf = (from: number, to: number, id = 'a') => numbered(from, to, id).map(({ eventId }) => eventId)

test('a new subscriber is greeted with a cursor before the first change, then gets what passes its filter, in order', async t => {
  const fixture = await feedFixture(t)
  await fixture.append({ id: 'before' })
  const feed = await fixture.open()
  const stream = await subscribe(feed, { filter: filterOf({ categories: ['amenity'] }) })
  const greeting = await stream.next()
  assert.equal(greeting.value?.type, 'heartbeat')

  await fixture.append({ id: 'a', eventId: 'a0' }, { id: 'b', category: 'shop' }, { id: 'a', eventId: 'a1' })
  assert.deepEqual(await eventIds(stream, 2), ['a0', 'a1'])

  const again = await subscribe(feed, { after: greeting.value?.cursor ?? '' })
  assert.deepEqual((await eventIds(again, 3)).toSorted(), ['a0', 'a1', 'event of b'])
})

test('a heartbeat moves the cursor over changes that the filter leaves out, and over progress records', async t => {
  const fixture = await feedFixture(t)
  const feed = await fixture.open({ heartbeatMs: 20 })
  const stream = await subscribe(feed, { filter: filterOf({ ids: ['nobody'] }) })
  await stream.next()
  const waiting = stream.next()
  await fixture.append({ id: 'a' })
  await fixture.appendProgress(0)
  await settled(feed, fixture.log)
  fixture.now += 25
  const { value } = await waiting
  assert.equal(value?.type, 'heartbeat')
  assert.equal(value?.cursor, feed.headCursor)
})

test('a cursor that was not made here, has another number of partitions or lies beyond the end is invalid', async t => {
  const fixture = await feedFixture(t)
  await fixture.append({ id: 'a' })
  const feed = await fixture.open()
  for (const after of ['nonsense', cursorAt(0, 0), cursorAt(0, 0, 5)]) {
    await assert.rejects(subscribe(feed, { after }), { code: 'CURSOR_INVALID' })
  }
  assert.equal(feed.subscribers, 0)
})

test('a cursor before what the log holds is expired, and the oldest one that can be had goes on from there', async t => {
  const fixture = await feedFixture(t)
  await fixture.append(...numbered(0, 5))
  const { latest } = await fixture.log.topics.positions(TOPICS.processed)
  await fixture.log.trim(
    TOPICS.processed,
    latest.map(end => Math.max(0, end - 2)),
  )
  const feed = await fixture.open()
  const error: unknown = await subscribe(feed, { after: cursorAt(0, 0, 0) }).catch((refusal: unknown) => refusal)
  assert.ok(error instanceof PoiError)
  assert.equal(error.code, 'CURSOR_EXPIRED')
  const stream = await subscribe(feed, { after: String(error.extensions['oldestCursor']) })
  assert.deepEqual(await eventIds(stream, 2), ['a3', 'a4'])
})

test('who falls behind loses nothing as long as it goes on reading: from the ring, and from the log behind it', async t => {
  for (const ringBytes of [10_000_000, 2_000]) {
    const fixture = await feedFixture(t)
    const feed = await fixture.open({ ringBytes, queue: { events: 5, bytes: 1e6 } })
    const stream = await subscribe(feed)
    const other = await subscribe(feed)
    await fixture.append(...numbered(0, 100))
    await fixture.append(...numbered(100, 200))
    await settled(feed, fixture.log)
    assert.deepEqual(await eventIds(stream, 150), idsOf(0, 150))
    await fixture.append(...numbered(200, 300))
    assert.deepEqual(await eventIds(stream, 150), idsOf(150, 300))
    assert.deepEqual(await eventIds(other, 300), idsOf(0, 300))
    await fixture.append(...numbered(300, 301))
    assert.deepEqual(await eventIds(stream, 1), ['a300'])
  }
})

test('who takes nothing for too long gets what is queued, then one gap, then the live stream; `after: from` reads exactly what was dropped', async t => {
  const fixture = await feedFixture(t)
  const feed = await fixture.open({ queue: { events: 5, bytes: 1e6 }, stallMs: 2_000 })
  const stream = await subscribe(feed, { filter: filterOf({ ids: ['a'] }) })
  await fixture.append(...numbered(0, 50), ...numbered(0, 50, 'b'))
  await settled(feed, fixture.log)
  fixture.now += 2_000
  assert.deepEqual(await eventIds(stream, 5), idsOf(0, 5))
  await fixture.append(...numbered(50, 60))
  await settled(feed, fixture.log)
  const gap = await nextOf(stream)
  assert.ok(gap.type === 'gap')
  assert.equal(gap.dropped, 55)
  assert.equal(gap.cursor, gap.to)
  await fixture.append(...numbered(60, 62))
  assert.deepEqual(await eventIds(stream, 2), idsOf(60, 62))

  const dropped = await subscribe(feed, { filter: filterOf({ ids: ['a'] }), after: gap.from })
  assert.deepEqual(await eventIds(dropped, 57), idsOf(5, 62))
  const onward = await subscribe(feed, { filter: filterOf({ ids: ['a'] }), after: gap.to })
  assert.deepEqual(await eventIds(onward, 2), idsOf(60, 62))
})

test('who resumes close to the head and then takes nothing is told by a gap as well; who resumes from far back gets it all', async t => {
  const fixture = await feedFixture(t)
  const feed = await fixture.open({ queue: { events: 5, bytes: 1e6 }, stallMs: 2_000 })
  const stream = await subscribe(feed)
  const greeting = await stream.next()
  await fixture.append(...numbered(0, 2))
  await settled(feed, fixture.log)
  const close = await subscribe(feed, { after: greeting.value?.cursor ?? '' })
  await fixture.append(...numbered(2, 50))
  await settled(feed, fixture.log)
  const far = await subscribe(feed, { after: greeting.value?.cursor ?? '' })
  fixture.now += 2_000
  assert.deepEqual(await eventIds(close, 5), idsOf(0, 5))
  const gap = await nextOf(close)
  assert.ok(gap.type === 'gap')
  assert.equal(gap.dropped, 45)
  assert.deepEqual(await eventIds(far, 50), idsOf(0, 50))
})

test('a subscriber that retention overtakes is told so', async t => {
  const fixture = await feedFixture(t)
  const feed = await fixture.open({ ringBytes: 1, queue: { events: 2, bytes: 1e6 } })
  const stream = await subscribe(feed)
  await fixture.append(...numbered(0, 10))
  await settled(feed, fixture.log)
  const { latest } = await fixture.log.topics.positions(TOPICS.processed)
  await fixture.log.trim(TOPICS.processed, latest)
  assert.deepEqual(await eventIds(stream, 2), idsOf(0, 2))
  await assert.rejects(stream.next(), { code: 'CURSOR_EXPIRED' })
  assert.equal((await stream.next()).done, true)
})

test('a rate of one a second samples, and tells of the rest before the next change', async t => {
  const fixture = await feedFixture(t)
  const feed = await fixture.open()
  const stream = await subscribe(feed, { delivery: { mode: 'ALL', maxPerSecond: 1 } })
  await fixture.append(...numbered(0, 10))
  assert.deepEqual(await eventIds(stream, 1), ['a0'])
  await settled(feed, fixture.log)
  fixture.now += 1_000
  await fixture.append(...numbered(10, 20))
  await settled(feed, fixture.log)
  const gap = await nextOf(stream)
  assert.ok(gap.type === 'gap')
  assert.equal(gap.dropped, 9)
  const [change, rest] = [await nextOf(stream), stream.next()]
  assert.equal(change.type === 'change' && change.poi.eventId, 'a10')
  fixture.now += 1_000
  const { value: gapOfRest } = await rest
  assert.ok(gapOfRest?.type === 'gap')
  assert.equal(gapOfRest.dropped, 9)
  const dropped = await subscribe(feed, { after: gap.from })
  assert.deepEqual(await eventIds(dropped, 9), idsOf(1, 10))
  const resumed = await subscribe(feed, { after: change.cursor })
  assert.deepEqual(await eventIds(resumed, 9), idsOf(11, 20))
})

test('LATEST_PER_POI hands out the newest of each POI, and every cursor is a place to resume from', async t => {
  const fixture = await feedFixture(t)
  const feed = await fixture.open()
  const stream = await subscribe(feed, { delivery: { mode: 'LATEST_PER_POI', maxPerSecond: null } })
  await stream.next()
  await fixture.append(...numbered(0, 3, 'a'), ...numbered(0, 2, 'b'), ...numbered(3, 4, 'a'))
  await settled(feed, fixture.log)
  assert.deepEqual((await eventIds(stream, 2)).toSorted(), ['a3', 'b1'])
})

test('a shutdown ends every subscriber with the cursor to go on from', async t => {
  const fixture = await feedFixture(t)
  const feed = await fixture.open()
  const waiting = await subscribe(feed)
  const busy = await subscribe(feed)
  await waiting.next()
  await fixture.append(...numbered(0, 3))
  const [first] = await eventIds(waiting, 3)
  assert.equal(first, 'a0')
  await busy.next()
  await eventIds(busy, 1)
  const next = waiting.next()
  await Promise.all([feed[Symbol.asyncDispose](), assert.rejects(next, { code: 'SHUTTING_DOWN', details: { cursor: feed.headCursor } })])

  const cursor = await cursorOfEnd(busy)
  const reopened = await fixture.open()
  assert.deepEqual(await eventIds(await subscribe(reopened, { after: cursor }), 2), ['a1', 'a2'])
  await assert.rejects(subscribe(feed), { code: 'SHUTTING_DOWN' })
})

async function cursorOfEnd(stream: Stream): Promise<string> {
  try {
    await stream.next()
  } catch (error) {
    if (error instanceof PoiError) return String(error.extensions['cursor'])
  }
  throw new Error('it did not end')
}

test('an aborted or returned subscriber is gone at once, even while it waits', async t => {
  const fixture = await feedFixture(t)
  const feed = await fixture.open()
  const aborting = new AbortController()
  const aborted = await subscribe(feed, { signal: aborting.signal })
  const returned = await subscribe(feed)
  await Promise.all([aborted.next(), returned.next()])
  const ends = [aborted.next(), returned.next()]
  aborting.abort()
  await returned.return?.()
  assert.deepEqual(await Promise.all(ends), [
    { value: undefined, done: true },
    { value: undefined, done: true },
  ])
  assert.equal(feed.subscribers, 0)
})
