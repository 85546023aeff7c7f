/** What protobufjs's Reader and Writer leave to us: 64-bit numbers without the `long` package, and tags. */
import protobuf, { type Reader, type Writer } from 'protobufjs/minimal.js'

export const VARINT = 0
export const FIXED64 = 1
export const BYTES = 2

/** The varint in front of a field: its number and wire type. */
export function tagOf(field: number, wireType: number): number {
  return (field << 3) | wireType
}

/** protobufjs reads strings of a Buffer natively; this is the same memory. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

// Growing a new buffer for each message costs more than writing most of them.
const scratch = protobuf.Writer.create()

/** The one writer of this thread, empty; whoever starts finishes before anyone else starts. `finish` hands out a copy. */
export function startMessage(): Writer {
  // A writer that threw in the middle of a message may have forks left.
  do scratch.reset()
  while (scratch.pos > 0)
  return scratch
}

const TWO_32 = 0x1_0000_0000

/** An int64 varint: a number where that is exact, else a bigint. */
export function readInt64(reader: Reader): number | bigint {
  let low = 0 // bits 0 to 27
  let middle = 0 // bits 28 to 55
  let high = 0 // bits 56 to 63
  const { buf, len } = reader
  let pos = reader.pos
  for (let i = 0; i < 10; i++) {
    if (pos >= len) break
    const byte = buf[pos++] ?? 0
    const bits = byte & 0x7f
    if (i < 4) low |= bits << (7 * i)
    else if (i < 8) middle |= bits << (7 * (i - 4))
    else high |= bits << (7 * (i - 8))
    if (byte < 0x80) {
      reader.pos = pos
      // Up to 49 bits, which every time since 1970 in s and ms and every offset of today is.
      if (i < 7) return low + middle * 0x1000_0000
      return joined(((low | (middle << 28)) >>> 0) as number, (middle >>> 4) | (high << 24) | 0)
    }
  }
  throw new RangeError('a varint does not end')
}

/** An sfixed64: a number where that is exact, else a bigint. */
export function readSfixed64(reader: Reader): number | bigint {
  const low = reader.fixed32()
  return joined(low, reader.sfixed32())
}

function joined(low: number, high: number): number | bigint {
  const number = high * TWO_32 + low
  return Number.isSafeInteger(number) ? number : (BigInt(high) << 32n) | BigInt(low)
}

/** Those of the platform's own numbers are safe integers. @throws RangeError when it is none. */
export function exact(value: number | bigint): number {
  if (typeof value === 'number') return value
  throw new RangeError(`a number beyond 2^53: ${value}`)
}

/** A safe integer as sfixed64. */
export function writeSfixed64(writer: Writer, value: number): void {
  const high = Math.floor(value / TWO_32)
  writer.fixed32(value - high * TWO_32).fixed32(high)
}
