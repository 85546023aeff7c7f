/**
 * The framing that Confluent's serializers put around a message: 0x00, the schema's id (4 bytes), and for protobuf the message indexes (a
 * zigzag count, then as many zigzag numbers; a single 0 is the first message). The schema registry is not asked: what it would tell
 * the first byte behind the framing tells as well.
 */
import protobuf from 'protobufjs/minimal.js'

const MARK = 0x00
const FRAME = 5 // bytes: the mark and the schema's id
const JSON_MARK = 0x7b
const MAX_INDEXES = 100

/** The message alone; bytes without framing as they are. @throws RangeError when the framing is broken. */
export function unframed(value: Buffer): Buffer {
  if (value[0] !== MARK) return value
  if (value.byteLength <= FRAME) throw new RangeError('Confluent framing without a message')
  // The JSON serializer writes no indexes; read as their count, `{` would be negative.
  if (value[FRAME] === JSON_MARK) return value.subarray(FRAME)
  const reader = protobuf.Reader.create(value)
  reader.skip(FRAME)
  const count = reader.sint32()
  if (count < 0 || count > MAX_INDEXES) throw new RangeError(`Confluent framing with ${count} message indexes`)
  for (let i = 0; i < count; i++) reader.skip()
  return value.subarray(reader.pos)
}
