/**
 * Kafka's default partitioning of keyed records, so that the platform and every Java producer put a POI into the same partition.
 * Source: org.apache.kafka.common.utils.Utils.murmur2 and org.apache.kafka.clients.producer.internals.BuiltInPartitioner.
 */

const SEED = 0x9747b28c
const M = 0x5bd1e995
const R = 24

/** 32-bit MurmurHash2 of the bytes, signed, as Kafka's Java client computes it. */
export function murmur2(bytes: Uint8Array): number {
  const length = bytes.length
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  let h = SEED ^ length
  let at = 0
  for (; at + 4 <= length; at += 4) {
    let k = Math.imul(view.getInt32(at, true), M)
    k ^= k >>> R
    h = Math.imul(h, M) ^ Math.imul(k, M)
  }
  let tail = 0
  for (let i = length - 1; i >= at; i--) tail = (tail << 8) | view.getUint8(i)
  if (at < length) h = Math.imul(h ^ tail, M)
  h ^= h >>> 13
  h = Math.imul(h, M)
  return h ^ (h >>> 15)
}

/** The partition of a POI: 0 to partitions - 1. The key of its records is the UTF-8 id. */
export function partitionOf(id: string, partitions: number): number {
  // Kafka drops the sign bit (`toPositive`) rather than taking the absolute value.
  return (murmur2(Buffer.from(id, 'utf8')) & 0x7fffffff) % partitions
}
