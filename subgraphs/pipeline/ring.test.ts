import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Batch, LogRecord, Positions } from '#log/log.ts'
import { processedPoi } from './feed.fixture.ts'
import { PoiChange } from './feed-event.ts'
import { Ring } from './ring.ts'

const sign = (positions: Positions) => positions.join(',')

/** Records whose values are their names; an empty value tells of no change. */
function ringOf(maxBytes: number): Ring {
  const decode = ({ value, offset }: LogRecord, partition: number, before: Positions) =>
    value.length === 0 ? null : new PoiChange(processedPoi({ id: String(value) }), { partition, offset, bytes: value.length }, before, sign)
  return new Ring({ maxBytes, at: [0, 0], decode })
}

function batchOf(partition: number, from: number, ...names: string[]): Batch {
  const records = names.map((name, index) => ({ offset: from + index, time: 0, key: null, value: Buffer.from(name) }))
  return { topic: 'test', partition, records, next: from + names.length, end: from + names.length }
}

function read(ring: Ring, at: Positions, most = 100): { names: string[]; at: Positions; atHead: boolean } {
  const names: string[] = []
  const end = ring.readOn(at, change => names.push(change.poi.id) > 0, most)
  return { names, ...end }
}

test('it is read from any position it covers, in the order it was written, each change with the cursor after it', () => {
  const ring = ringOf(1e6)
  ring.append(batchOf(0, 0, 'a', 'b', ''))
  ring.append(batchOf(1, 0, 'c'))
  ring.append(batchOf(0, 3, 'd'))
  assert.deepEqual(ring.head, [4, 1])
  assert.deepEqual(read(ring, [0, 0]), { names: ['a', 'b', 'c', 'd'], at: [4, 1], atHead: true })
  assert.deepEqual(read(ring, [1, 0]).names, ['b', 'c', 'd'])
  assert.deepEqual(read(ring, [1, 1]).names, ['b', 'd'])
  assert.deepEqual(read(ring, [4, 0]).names, ['c'])
  assert.deepEqual(read(ring, [9, 0]), { names: ['c'], at: [9, 1], atHead: true })

  const cursors: string[] = []
  ring.readOn([0, 0], change => cursors.push(change.cursor) > 0, 100)
  assert.deepEqual(cursors, ['1,0', '2,0', '3,1', '4,1'])
})

test('reading in steps, or until the reader wants no more, goes on where it ended', () => {
  const ring = ringOf(1e6)
  ring.append(batchOf(0, 0, 'a', 'b', 'c'))
  ring.append(batchOf(1, 0, 'd', 'e'))
  const first = read(ring, [0, 0], 2)
  assert.deepEqual(first, { names: ['a', 'b'], at: [2, 0], atHead: false })
  const second = read(ring, first.at, 2)
  assert.deepEqual(second, { names: ['c', 'd'], at: [3, 1], atHead: false })
  assert.deepEqual(read(ring, second.at, 2), { names: ['e'], at: [3, 2], atHead: true })
  assert.deepEqual(
    ring.readOn([0, 0], ({ poi }) => poi.id < 'c', 100),
    { at: [2, 0], atHead: false },
  )
})

test('the oldest batches go when it is full, and it then covers less', () => {
  const ring = ringOf(2_000)
  for (let offset = 0; offset < 100; offset++) ring.append(batchOf(offset % 2, offset >> 1, `n${offset}`))
  assert.ok(ring.bytes <= 2_000)
  assert.ok(!ring.covers([0, 0]))
  assert.ok(!ring.covers([50, 40]))
  assert.ok(ring.covers([49, 49]))
  assert.deepEqual(read(ring, [49, 49]).names, ['n98', 'n99'])
})

test('in the middle of publishing a batch, a reader sees what was published and no more', () => {
  const ring = ringOf(1e6)
  const published: string[] = []
  for (const change of ring.publish(batchOf(0, 0, 'a', '', 'b'))) {
    published.push(change.poi.id)
    assert.deepEqual(read(ring, [0, 0]), { names: published, at: [change.offset + 1, 0], atHead: true })
  }
  assert.deepEqual(published, ['a', 'b'])
  assert.deepEqual(ring.head, [3, 0])
})
