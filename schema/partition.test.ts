import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { murmur2, partitionOf } from './partition.ts'

// Any UTF-16, halves of surrogate pairs included.
const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map(code => String.fromCharCode(code)) })

// org.apache.kafka.common.utils.UtilsTest#testMurmur2
const KAFKA: readonly (readonly [string, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
]

test('murmur2 hashes as the Java client does', () => {
  for (const [text, hash] of KAFKA) assert.equal(murmur2(Buffer.from(text)), hash, text)
})

test('murmur2 takes bytes from the middle of a buffer', () => {
  assert.equal(murmur2(Buffer.from('xxfoobarxx').subarray(2, 8)), -790332482)
})

test('a partition is the hash without its sign, modulo the count', () => {
  for (const [text, hash] of KAFKA) assert.equal(partitionOf(text, 6), (hash & 0x7fffffff) % 6)
})

test('every id has a partition, always the same', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 1_000 }), (id, partitions) => {
      const partition = partitionOf(id, partitions)
      assert.ok(Number.isInteger(partition) && partition >= 0 && partition < partitions)
      assert.equal(partitionOf(id, partitions), partition)
    }),
  )
})
