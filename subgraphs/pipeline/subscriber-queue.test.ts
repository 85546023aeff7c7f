import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { processedPoi } from './feed.fixture.ts'
import { PoiChange, type StreamEvent } from './feed-event.ts'
import { LatestQueue } from './subscriber-latest.ts'
import { Fifo, type SubscriberQueue, WholeQueue } from './subscriber-queue.ts'
import { Rate } from './subscriber-rate.ts'
import { SamplingQueue } from './subscriber-sampling.ts'

const ROOMY = { events: 100, bytes: 1e6 }
const START = { cursor: '0' }

/** The change at `offset` of a stream of one partition: its cursor is the offset after it. */
const changeAt = (offset: number, id = 'a', bytes = 100) =>
  new PoiChange(processedPoi({ id }), { partition: 0, offset, bytes }, [offset], positions => positions.join())

const told = (event: StreamEvent | undefined): string =>
  event?.type === 'change'
    ? `${event.poi.id}${event.offset}`
    : event?.type === 'gap'
      ? `${event.dropped}:${event.from}-${event.to}`
      : 'nothing'

function drain(queue: SubscriberQueue, now = 0): string[] {
  const events: string[] = []
  for (let event = queue.take(now); event !== undefined; event = queue.take(now)) events.push(told(event))
  return events
}

test('a queue of every change refuses what has no room, by count and by bytes, and takes one however large', () => {
  const byCount = new WholeQueue({ events: 2, bytes: 1e6 })
  assert.deepEqual(
    [0, 1, 2].map(offset => byCount.offer(changeAt(offset))),
    [true, true, false],
  )
  assert.deepEqual(drain(byCount), ['a0', 'a1'])
  const byBytes = new WholeQueue({ events: 10, bytes: 250 })
  assert.deepEqual(
    [0, 1, 2].map(offset => byBytes.offer(changeAt(offset))),
    [true, true, false],
  )
  byBytes.take()
  assert.ok(byBytes.offer(changeAt(2)))
  assert.ok(new WholeQueue({ events: 10, bytes: 1 }).offer(changeAt(0)))
})

test('first in, first out, however pushes and shifts come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -900, max: 900 }), { maxLength: 20 }), steps => {
      const fifo = new Fifo<number>()
      const model: number[] = []
      let count = 0
      for (const step of steps) {
        for (let i = 0; i < step; i++) model.push(count) && fifo.push(count++)
        for (let i = 0; i > step; i--) assert.equal(fifo.shift(), model.shift())
        assert.equal(fifo.size, model.length)
      }
    }),
  )
})

test('of each POI the newest waits; whatever cursor was handed out last, nothing newer than what was handed out lies before it', () => {
  const step = fc.oneof(fc.record({ poi: fc.constantFrom('a', 'b', 'c', 'd', 'e') }), fc.constant('take' as const))
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 6 }), (steps, events) => {
      let counted = 0
      const queue = new LatestQueue({ events, bytes: 1e6 }, undefined, START, changes => {
        counted += changes
      })
      /** POI → offset of its newest change, as a client that handles gaps by reading them again knows it. */
      const known = new Map<string, number>()
      const stream: string[] = []
      let cursor = 0
      let toldDropped = 0
      for (const now of [...steps, ...Array<'take'>(20).fill('take')]) {
        if (now !== 'take') {
          queue.offer(changeAt(stream.push(now.poi) - 1, now.poi))
          continue
        }
        const event = queue.take(0)
        if (event === undefined) continue
        assert.ok(Number(event.cursor) > cursor, 'cursors rise')
        if (event.type === 'gap') {
          toldDropped += event.dropped
          assert.ok(Number(event.from) <= cursor)
          for (let offset = Number(event.from); offset < Number(event.to); offset++) known.set(stream[offset] ?? '', offset)
        } else if (event.type === 'change') known.set(event.poi.id, event.offset)
        cursor = Number(event.cursor)
        // The newest change before the cursor is known for every POI, or a newer one comes behind the cursor.
        stream.slice(0, cursor).forEach((poi, offset) => {
          const isNewest = stream.lastIndexOf(poi) === offset
          if (isNewest) assert.equal(known.get(poi), offset)
        })
      }
      assert.equal(counted, toldDropped)
      assert.ok(queue.isEmpty)
    }),
  )
})

test('a rate holds the newest of each POI back', () => {
  const queue = new LatestQueue(ROOMY, new Rate(2, 0), START, () => {})
  for (let offset = 0; offset < 4; offset++) queue.offer(changeAt(offset, offset % 2 === 0 ? 'a' : 'b'))
  assert.deepEqual(drain(queue), ['a2'])
  assert.equal(queue.dueIn(100), 400)
  queue.offer(changeAt(4, 'b'))
  assert.deepEqual(drain(queue, 500), ['b4'])
})

test('sampling tells what it skipped right before the next change, and by itself after a second of nothing else', () => {
  const queue = new SamplingQueue(ROOMY, new Rate(2, 0), START, 0, () => {})
  const events: string[] = []
  for (let offset = 0; offset < 18; offset++) {
    queue.offer(changeAt(offset), offset * 100)
    events.push(...drain(queue, offset * 100))
  }
  assert.deepEqual(events, ['a0', '4:1-5', 'a5', '4:6-10', 'a10', '4:11-15', 'a15'])
  assert.ok(!queue.isEmpty)
  assert.deepEqual(drain(queue, 2_400), [])
  assert.equal(queue.dueIn(2_400), 100)
  assert.deepEqual(drain(queue, 2_500), ['2:16-18'])
  assert.ok(queue.isEmpty)
})

test('a sampled subscriber that does not read gets one gap for all that had no room', () => {
  const queue = new SamplingQueue({ events: 2, bytes: 1e6 }, new Rate(1e6, 0), START, 0, () => {})
  for (let offset = 0; offset < 10; offset++) queue.offer(changeAt(offset), offset * 1_000)
  assert.deepEqual(drain(queue, 9_000), ['a0', 'a1', '8:2-10'])
})

test('at whatever event a sampled subscriber is cut off, all that lies before its cursor was handed out or told', () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant('offer' as const) },
    { weight: 2, arbitrary: fc.constant('take' as const) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 1_500 }) },
  )
  const limits = fc.record({ events: fc.integer({ min: 1, max: 6 }), bytes: fc.constantFrom(250, 1e6) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), limits, fc.double({ min: 0.2, max: 500, noNaN: true }), (steps, limit, perSecond) => {
      let now = 0
      let counted = 0
      let offset = 0
      let cursor = 0
      const told: number[] = []
      const queue = new SamplingQueue(limit, new Rate(perSecond, now), START, now, changes => {
        counted += changes
      })
      for (const next of [...steps, 1_000, ...Array<'take'>(20).fill('take')]) {
        if (typeof next === 'number') now += next
        else if (next === 'offer') queue.offer(changeAt(offset++), now)
        else {
          const event = queue.take(now)
          if (event === undefined || event.type === 'heartbeat') continue
          // Exactly what comes next lies between the cursor before and this one: a change by itself, or all that a gap drops.
          if (event.type === 'gap') {
            assert.deepEqual([Number(event.from), Number(event.to)], [cursor, cursor + event.dropped])
            told.push(event.dropped)
          } else assert.equal(event.offset, cursor)
          assert.ok(Number(event.cursor) > cursor)
          cursor = Number(event.cursor)
        }
      }
      assert.equal(cursor, offset)
      assert.equal(
        counted,
        told.reduce((sum, dropped) => sum + dropped, 0),
      )
      assert.ok(queue.isEmpty)
    }),
  )
})

test('no second has more events than the rate, and over time it is nearly reached', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.2, max: 5_000, noNaN: true }),
      fc.array(fc.nat(50), { minLength: 200, maxLength: 400 }),
      (perSecond, pauses) => {
        const rate = new Rate(perSecond, 0)
        const taken: number[] = []
        let now = 0
        for (const pause of pauses) {
          now += pause
          while (rate.take(now)) taken.push(now)
        }
        const most = Math.ceil(perSecond)
        for (let index = most; index < taken.length; index++) {
          assert.ok((taken[index] ?? 0) - (taken[index - most] ?? 0) >= 999.999, `more than ${most} in a second`)
        }
        const wanted = (now / 1_000) * Math.min(perSecond, 300) // with pauses of 50 ms, very high rates cannot be reached
        if (now > 5_000) assert.ok(taken.length >= wanted * 0.5 - 2, `${taken.length} of ${wanted}`)
      },
    ),
  )
})
