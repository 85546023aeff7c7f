import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogRecord } from './log.ts'
import { packedBytes, RecordPacker, SECTION_BYTES, unpack, unpackInto } from './packed-records.ts'

const optionalBytes = fc.option(fc.uint8Array({ maxLength: 300 }))
const entries = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), optionalBytes, optionalBytes), { maxLength: 100 })

test('what is packed is unpacked, lane by lane, in order', () => {
  fc.assert(
    fc.property(entries, given => {
      const packer = new RecordPacker()
      for (const [lane, key, value] of given) packer.add(lane, key, value)
      const { block, sections } = packer.pack()
      let at = 0
      const found: unknown[][] = [[], [], [], []]
      for (const { lane, count, bytes } of sections) {
        const unpacked = [...unpack(block.subarray(at, at + bytes))]
        assert.equal(unpacked.length, count)
        found[lane]?.push(...unpacked.map(({ key, value }) => [key, value]))
        at += bytes
      }
      assert.equal(at, block.byteLength)
      for (const lane of [0, 1, 2, 3]) {
        const own = given.filter(([own]) => own === lane)
        assert.deepEqual(
          found[lane],
          own.map(([, key, value]) => [key, value]),
        )
      }
    }),
  )
})

test('a section stays within its size, unless one record alone passes it', () => {
  const packer = new RecordPacker()
  for (const size of [10, SECTION_BYTES * 3, 20, SECTION_BYTES - 100, 200]) packer.add(0, null, new Uint8Array(size))
  assert.deepEqual(
    packer.pack().sections.map(({ count }) => count),
    [1, 1, 2, 1],
  )
})

test('a batch begins within a block and ends where its room does', () => {
  const packer = new RecordPacker()
  const value = new Uint8Array(100)
  for (let index = 0; index < 10; index++) packer.add(0, null, value)
  const { block } = packer.pack()
  const from = (start: number, room: { records: number; bytes: number }) => {
    const records: LogRecord[] = []
    const next = unpackInto(records, block, { base: 50, time: 1, from: start, room })
    return [records.map(({ offset }) => offset), next]
  }
  assert.deepEqual(from(57, { records: 9, bytes: 9_999 }), [[57, 58, 59], 60])
  assert.deepEqual(from(50, { records: 2, bytes: 9_999 }), [[50, 51], 52])
  assert.deepEqual(from(52, { records: 9, bytes: packedBytes(null, value) * 3 }), [[52, 53, 54], 55])
  assert.deepEqual(from(52, { records: 9, bytes: 1 }), [[52], 53], 'a single record always fits')
})
