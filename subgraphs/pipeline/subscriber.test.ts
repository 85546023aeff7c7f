/** What a feed on a real log does too fast to be caught at: a subscriber that has read further than the feed, in some partitions. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Batch, LogRecord, Positions, Tail } from '#log/log.ts'
import { CatchUp } from './catch-up.ts'
import { filterOf, processedPoi } from './feed.fixture.ts'
import { PoiChange, type StreamEvent } from './feed-event.ts'
import { Ring } from './ring.ts'
import { type Stream, Subscriber } from './subscriber.ts'
import { WholeQueue } from './subscriber-queue.ts'

const sign = (positions: Positions) => positions.join()

const noTail: Tail = { read: () => assert.fail('the ring has it all') }

function streamOf(ring: Ring, now: { ms: number }, tail = noTail): Stream & { offerAll(batch: Batch): void } {
  const joined = new Set<Subscriber>()
  return {
    ring,
    catchUp: new CatchUp({ tail, topic: 'test', decode, turns: 1 }),
    sign,
    headCursor: () => sign(ring.head),
    clock: () => 0,
    elapsed: () => now.ms,
    stallMs: 1_000,
    heartbeatMs: 10_000,
    join: subscriber => joined.add(subscriber),
    onHanded: () => {},
    onDropped: () => {},
    onEnd: () => {},
    errorOf: failure => failure,
    offerAll(batch) {
      for (const change of ring.publish(batch)) for (const subscriber of joined) subscriber.offer(change, now.ms)
    },
  }
}

const decode = ({ offset }: LogRecord, partition: number, before: Positions) =>
  new PoiChange(processedPoi({ id: `${partition}:${offset}` }), { partition, offset, bytes: 1 }, before, sign)

function batchOf(partition: number, from: number, to: number): Batch {
  const records = Array.from({ length: to - from }, (_, index) => ({ offset: from + index, time: 0, key: null, value: Buffer.from('x') }))
  return { topic: 'test', partition, records, next: to, end: to }
}

const told = ({ value }: IteratorResult<StreamEvent, undefined>): string =>
  value?.type === 'change' ? `${value.poi.id} → ${value.cursor}` : `${value?.type} → ${value?.cursor}`

test('whoever begins ahead of the feed gets nothing it has read already, and its cursors keep what it has read', async () => {
  const now = { ms: 0 }
  const ring = new Ring({ maxBytes: 1e6, at: [0, 0], decode })
  const stream = streamOf(ring, now)
  const subscriber = new Subscriber(stream, {
    filter: filterOf(),
    queue: new WholeQueue({ events: 9, bytes: 1e6 }),
    start: [0, 2],
    greet: false,
  })
  stream.offerAll(batchOf(0, 0, 2))
  assert.equal(told(await subscriber.next()), '0:0 → 1,2')
  assert.equal(told(await subscriber.next()), '0:1 → 2,2')
  assert.equal(subscriber.cursor, '2,2')
  stream.offerAll(batchOf(1, 0, 3))
  assert.equal(told(await subscriber.next()), '1:2 → 2,3')
  stream.offerAll(batchOf(0, 2, 3))
  assert.equal(told(await subscriber.next()), '0:2 → 3,3')
})

test('a subscriber that stalls while it is ahead of the feed is told no more than it missed', async () => {
  const now = { ms: 0 }
  const ring = new Ring({ maxBytes: 1e6, at: [0, 0], decode })
  const stream = streamOf(ring, now)
  const subscriber = new Subscriber(stream, {
    filter: filterOf(),
    queue: new WholeQueue({ events: 1, bytes: 1e6 }),
    start: [0, 2],
    greet: false,
  })
  stream.offerAll(batchOf(0, 0, 3))
  stream.offerAll(batchOf(1, 0, 1))
  now.ms += 1_000
  assert.equal(told(await subscriber.next()), '0:0 → 1,2')
  const { value: gap } = await subscriber.next()
  assert.deepEqual(gap, { type: 'gap', cursor: '3,2', dropped: 2, from: '1,2', to: '3,2' })
  stream.offerAll(batchOf(1, 1, 3))
  assert.equal(told(await subscriber.next()), '1:2 → 3,3')
})

test('a subscriber that takes its time but goes on taking is behind, not stalled', async () => {
  const now = { ms: 0 }
  const ring = new Ring({ maxBytes: 1e6, at: [0, 0], decode })
  const stream = streamOf(ring, now)
  const subscriber = new Subscriber(stream, {
    filter: filterOf(),
    queue: new WholeQueue({ events: 2, bytes: 1e6 }),
    start: [0, 0],
    greet: false,
  })
  for (let offset = 0; offset < 20; offset++) stream.offerAll(batchOf(0, offset, offset + 1))
  for (let offset = 0; offset < 20; offset++) {
    now.ms += 999
    assert.equal(told(await subscriber.next()), `0:${offset} → ${offset + 1},0`)
  }
})

test('who waits hears nothing of what its filter leaves out but a heartbeat', async () => {
  const now = { ms: 0 }
  const ring = new Ring({ maxBytes: 1e6, at: [0, 0], decode })
  const stream = streamOf(ring, now)
  const options = { filter: filterOf({ ids: ['0:0'] }), queue: new WholeQueue({ events: 2, bytes: 1e6 }), start: [0, 0], greet: true }
  const subscriber = new Subscriber(stream, options)
  assert.equal(told(await subscriber.next()), 'heartbeat → 0,0')
  const waiting = subscriber.next()
  ring.append(batchOf(1, 0, 5))
  now.ms += 9_999
  subscriber.tick(now.ms)
  now.ms += 1
  subscriber.tick(now.ms)
  assert.equal(told(await waiting), 'heartbeat → 0,5')
})

test('in the middle of a turn of catching up, what was handed out already lies before the cursor', async () => {
  const now = { ms: 0 }
  const ring = new Ring({ maxBytes: 1e6, at: [5, 0], decode })
  const reading = Promise.withResolvers<void>()
  const tail: Tail = {
    async *read() {
      yield batchOf(0, 0, 2)
      await reading.promise
      yield batchOf(0, 2, 5)
    },
  }
  const options = { filter: filterOf(), queue: new WholeQueue({ events: 9, bytes: 1e6 }), start: [0, 0], greet: false }
  const subscriber = new Subscriber(streamOf(ring, now, tail), options)
  const first = subscriber.next()
  while (subscriber.queued < 2) await nextTurn()
  subscriber.tick(now.ms)
  assert.equal(told(await first), '0:0 → 1,0')
  assert.equal(told(await subscriber.next()), '0:1 → 2,0')
  assert.equal(subscriber.cursor, '2,0')
  const third = subscriber.next()
  now.ms += 10_000
  subscriber.tick(now.ms)
  assert.equal(told(await third), 'heartbeat → 2,0')
  const fourth = subscriber.next()
  reading.resolve()
  assert.equal(told(await fourth), '0:2 → 3,0')
})
