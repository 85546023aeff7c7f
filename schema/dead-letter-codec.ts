/**
 * Records of `poi-rejected-topic`: the message `poi.v1.DeadLetter` of poi.proto.
 *
 *     1 source_topic                                                                          string
 *     2 source_partition  3 source_offset  4 source_time (ms)  8 rules_version  9 attempt     varint
 *     5 key (optional)  6 value                                                               bytes
 *     7 faults (repeated) { 1 field (optional)  2 code  3 message }
 *     10 rejected_at                                                                          sfixed64
 */
import protobuf, { type Reader } from 'protobufjs/minimal.js'
import { FAULT_CODES, type Fault, type Micros } from './poi.ts'
import { endOf, writeMicros } from './poi-wire.ts'
import { BYTES, bufferOf, exact, FIXED64, readInt64, readSfixed64, startMessage, tagOf, VARINT } from './protobuf.ts'

/** What the processor refused: the original, and why. */
export interface DeadLetter {
  /** `time` in ms since 1970: when the log took the record */
  readonly source: { readonly topic: string; readonly partition: number; readonly offset: number; readonly time: number }
  readonly key: Uint8Array | null
  /** the very bytes of the producer */
  readonly value: Uint8Array
  readonly faults: readonly Fault[]
  /** the rule set that judged it */
  readonly rulesVersion: number
  /** 1 for the first judgement, more after a redrive */
  readonly attempt: number
  readonly rejectedAt: Micros
}

const TAG = {
  topic: tagOf(1, BYTES),
  partition: tagOf(2, VARINT),
  offset: tagOf(3, VARINT),
  time: tagOf(4, VARINT),
  key: tagOf(5, BYTES),
  value: tagOf(6, BYTES),
  faults: tagOf(7, BYTES),
  rulesVersion: tagOf(8, VARINT),
  attempt: tagOf(9, VARINT),
  rejectedAt: tagOf(10, FIXED64),
} as const

const FIELD = tagOf(1, BYTES)
const CODE = tagOf(2, VARINT)
const MESSAGE = tagOf(3, BYTES)

export function encodeDeadLetter(letter: DeadLetter): Uint8Array {
  const writer = startMessage()
  writer.uint32(TAG.topic).string(letter.source.topic)
  writer.uint32(TAG.partition).uint32(letter.source.partition)
  writer.uint32(TAG.offset).int64(letter.source.offset)
  writer.uint32(TAG.time).int64(letter.source.time)
  if (letter.key !== null) writer.uint32(TAG.key).bytes(letter.key)
  writer.uint32(TAG.value).bytes(letter.value)
  for (const fault of letter.faults) {
    writer.uint32(TAG.faults).fork()
    if (fault.field !== null) writer.uint32(FIELD).string(fault.field)
    writer.uint32(CODE).int32(FAULT_CODES.indexOf(fault.code) + 1)
    writer.uint32(MESSAGE).string(fault.message)
    writer.ldelim()
  }
  writer.uint32(TAG.rulesVersion).uint32(letter.rulesVersion)
  writer.uint32(TAG.attempt).uint32(letter.attempt)
  writeMicros(writer, TAG.rejectedAt, letter.rejectedAt)
  return writer.finish()
}

/** Key and value share memory with `value`. @throws Error when the bytes are no dead letter; only the platform writes that topic. */
export function decodeDeadLetter(value: Uint8Array): DeadLetter {
  const reader = protobuf.Reader.create(bufferOf(value))
  const faults: Fault[] = []
  const source = { topic: '', partition: 0, offset: 0, time: 0 }
  const letter: { -readonly [Field in keyof DeadLetter]: DeadLetter[Field] } = {
    source,
    key: null,
    value: new Uint8Array(0),
    faults,
    rulesVersion: 0,
    attempt: 0,
    rejectedAt: 0,
  }
  while (reader.pos < reader.len) {
    const tag = reader.tag()
    if (tag === TAG.topic) source.topic = reader.string()
    else if (tag === TAG.partition) source.partition = reader.uint32()
    else if (tag === TAG.offset) source.offset = exact(readInt64(reader))
    else if (tag === TAG.time) source.time = exact(readInt64(reader))
    else if (tag === TAG.key) letter.key = reader.bytes()
    else if (tag === TAG.value) letter.value = reader.bytes()
    else if (tag === TAG.faults) faults.push(readFault(reader))
    else if (tag === TAG.rulesVersion) letter.rulesVersion = reader.uint32()
    else if (tag === TAG.attempt) letter.attempt = reader.uint32()
    else if (tag === TAG.rejectedAt) letter.rejectedAt = exact(readSfixed64(reader))
    else reader.skipType(tag & 7, 0, tag >>> 3)
  }
  return letter
}

function readFault(reader: Reader): Fault {
  const end = endOf(reader)
  let field: string | null = null
  let code = 0
  let message = ''
  while (reader.pos < end) {
    const tag = reader.tag()
    if (tag === FIELD) field = reader.string()
    else if (tag === CODE) code = reader.int32()
    else if (tag === MESSAGE) message = reader.string()
    else reader.skipType(tag & 7, 1, tag >>> 3)
  }
  // A code of a later version: its message still tells.
  return { field, code: FAULT_CODES[code - 1] ?? 'RULE', message }
}
