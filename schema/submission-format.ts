/**
 * The formats of a submission, told apart by the first byte, without headers:
 *
 *     0x7B `{`    a JSON object (as protobuf: a group 15, which poi.proto reserves)
 *     0xEF        the same behind a byte order mark (as protobuf: wire type 7, which does not exist)
 *     0x00        Confluent's framing around one of the others (as protobuf: a field 0, which does not exist)
 *     else        protobuf
 *
 * Confluent's framing is 0x00, the schema's id (4 bytes), and for protobuf the message indexes: a zigzag count, then as many zigzag numbers;
 * a single 0 is the first message. The schema registry is not asked: what it would tell, the next byte tells as well.
 */
import protobuf from 'protobufjs/minimal.js'
import { bufferOf } from './protobuf.ts'

const FRAMING_MARK = 0x00
const FRAME = 5 // bytes: the mark and the schema's id
const JSON_MARK = 0x7b
const BOM_MARK = 0xef
const BOM = 3 // bytes
const MAX_INDEXES = 100

export type Body = { readonly format: 'json'; readonly text: string } | { readonly format: 'protobuf'; readonly bytes: Buffer }

/** @throws Error when the framing is broken, or JSON is no UTF-8. Protobuf is not looked into. */
export function bodyOf(value: Uint8Array): Body {
  const bytes = unframed(bufferOf(value))
  const isJson = bytes[0] === JSON_MARK || (bytes[0] === BOM_MARK && bytes[BOM] === JSON_MARK)
  // The decoder drops the mark.
  return isJson ? { format: 'json', text: utf8.decode(bytes) } : { format: 'protobuf', bytes }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The message alone; bytes without framing as they are. @throws RangeError when the framing is broken. */
function unframed(value: Buffer): Buffer {
  if (value[0] !== FRAMING_MARK) return value
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
