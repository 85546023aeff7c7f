/**
 * The message `poi.v1.Processed` of poi.proto: what the platform adds to a record. The source comes first, so that a reader who wants
 * nothing else stops there.
 *
 *     1 source_partition  2 source_offset  3 kind  5 version  8 rules_version  12 operation     varint
 *     4 event_id  10 warnings (repeated)                                                        string
 *     6 revision  9 processed_at                                                                sfixed64
 *     7 previous_location { 1 latitude  2 longitude  double }
 *     11 image_hash                                                                             bytes
 *     13 names { 1 by_language { 1 language  2 name } }                                         map
 */
import protobuf, { type Reader, type Writer } from 'protobufjs/minimal.js'
import { CHANGE_KINDS, type ChangeKind, type Location, type Micros, type ProcessedPoi } from './poi.ts'
import { endOf, readEntry, readLocation, writeEntries, writeLocation, writeMicros } from './poi-wire.ts'
import { BYTES, bufferOf, exact, FIXED64, readInt64, readSfixed64, tagOf, VARINT } from './protobuf.ts'

const TAG = {
  sourcePartition: tagOf(1, VARINT),
  sourceOffset: tagOf(2, VARINT),
  kind: tagOf(3, VARINT),
  eventId: tagOf(4, BYTES),
  version: tagOf(5, VARINT),
  revision: tagOf(6, FIXED64),
  previousLocation: tagOf(7, BYTES),
  rulesVersion: tagOf(8, VARINT),
  processedAt: tagOf(9, FIXED64),
  warnings: tagOf(10, BYTES),
  imageHash: tagOf(11, BYTES),
  operation: tagOf(12, VARINT),
  names: tagOf(13, BYTES),
} as const

const BY_LANGUAGE = tagOf(1, BYTES)

export interface WireProcessed {
  sourcePartition: number
  sourceOffset: number
  kind: number
  eventId: string
  version: number
  revision: Micros
  previousLocation: Location | null
  rulesVersion: number
  processedAt: Micros
  warnings: string[]
  imageHash: string | null
  operation: number
  /** null: the record's own */
  names: Record<string, string> | null
}

/** @throws Error when the bytes from `start` to `end` are no such message. */
export function readProcessed(bytes: Uint8Array, start: number, end: number): WireProcessed {
  const reader = readerOf(bytes, start, end)
  const processed: WireProcessed = {
    sourcePartition: 0,
    sourceOffset: 0,
    kind: 0,
    eventId: '',
    version: 0,
    revision: 0,
    previousLocation: null,
    rulesVersion: 0,
    processedAt: 0,
    warnings: [],
    imageHash: null,
    operation: 0,
    names: null,
  }
  while (reader.pos < reader.len) readField(reader, processed)
  return processed
}

function readField(reader: Reader, processed: WireProcessed): void {
  const tag = reader.tag()
  switch (tag) {
    case TAG.sourcePartition:
      processed.sourcePartition = reader.uint32()
      return
    case TAG.sourceOffset:
      processed.sourceOffset = exact(readInt64(reader))
      return
    case TAG.kind:
      processed.kind = reader.int32()
      return
    case TAG.eventId:
      processed.eventId = reader.string()
      return
    case TAG.version:
      processed.version = exact(readInt64(reader))
      return
    case TAG.revision:
      processed.revision = exact(readSfixed64(reader))
      return
    case TAG.previousLocation:
      processed.previousLocation = readLocation(reader, processed.previousLocation)
      return
    case TAG.rulesVersion:
      processed.rulesVersion = reader.uint32()
      return
    case TAG.processedAt:
      processed.processedAt = exact(readSfixed64(reader))
      return
    case TAG.warnings:
      processed.warnings.push(reader.string())
      return
    case TAG.imageHash:
      processed.imageHash = bufferOf(reader.bytes()).toString('hex')
      return
    case TAG.operation:
      processed.operation = reader.int32()
      return
    case TAG.names:
      processed.names = readNames(reader, processed.names ?? {})
      return
    default:
      reader.skipType(tag & 7, 1, tag >>> 3)
  }
}

function readNames(reader: Reader, names: Record<string, string>): Record<string, string> {
  const end = endOf(reader)
  while (reader.pos < end) {
    const tag = reader.tag()
    if (tag === BY_LANGUAGE) readEntry(reader, names)
    else reader.skipType(tag & 7, 1, tag >>> 3)
  }
  return names
}

/** The first three fields only. */
export function readSource(bytes: Uint8Array, start: number, end: number): { partition: number; offset: number; kind: number } {
  const reader = readerOf(bytes, start, end)
  const source = { partition: 0, offset: 0, kind: 0 }
  while (reader.pos < reader.len) {
    const tag = reader.tag()
    if (tag === TAG.sourcePartition) source.partition = reader.uint32()
    else if (tag === TAG.sourceOffset) source.offset = exact(readInt64(reader))
    else if (tag === TAG.kind) source.kind = reader.int32()
    // We write in the order of the numbers, so these three do not come any more.
    else if (tag >>> 3 > 3) break
    else reader.skipType(tag & 7, 1, tag >>> 3)
  }
  return source
}

function readerOf(bytes: Uint8Array, start: number, end: number): Reader {
  const reader = protobuf.Reader.create(bufferOf(bytes))
  reader.pos = start
  reader.len = end
  return reader
}

/** `names`: what replaces the record's own names; undefined leaves them. */
export function writeProcessed(writer: Writer, tag: number, poi: ProcessedPoi, names: ProcessedPoi['names'] | undefined): void {
  writer.uint32(tag).fork()
  writeSource(writer, poi.source)
  writer.uint32(TAG.kind).int32(CHANGE_KINDS.indexOf(poi.kind) + 1)
  writer.uint32(TAG.eventId).string(poi.eventId)
  writer.uint32(TAG.version).int64(poi.version)
  writeMicros(writer, TAG.revision, poi.revision)
  if (poi.previousLocation !== null) writeLocation(writer, TAG.previousLocation, poi.previousLocation)
  writer.uint32(TAG.rulesVersion).uint32(poi.rulesVersion)
  writeMicros(writer, TAG.processedAt, poi.processedAt)
  for (const warning of poi.warnings) writer.uint32(TAG.warnings).string(warning)
  if (poi.imageHash !== null) writer.uint32(TAG.imageHash).bytes(Buffer.from(poi.imageHash, 'hex'))
  if (poi.operation === 'REMOVE') writer.uint32(TAG.operation).int32(1)
  if (names !== undefined) {
    writer.uint32(TAG.names).fork()
    if (names !== null) writeEntries(writer, BY_LANGUAGE, names)
    writer.ldelim()
  }
  writer.ldelim()
}

/** A `processed` without a kind. */
export function writeProgress(writer: Writer, tag: number, source: ProcessedPoi['source']): void {
  writer.uint32(tag).fork()
  writeSource(writer, source)
  writer.ldelim()
}

function writeSource(writer: Writer, source: ProcessedPoi['source']): void {
  writer.uint32(TAG.sourcePartition).uint32(source.partition).uint32(TAG.sourceOffset).int64(source.offset)
}

/** @throws RangeError for a kind that this version does not know: what it does not understand it must not store. */
export function kindOf(kind: number): ChangeKind | 'PROGRESS' {
  if (kind === 0) return 'PROGRESS'
  const known = CHANGE_KINDS[kind - 1]
  if (known === undefined) throw new RangeError(`a processed record of a kind that this version does not know: ${kind}`)
  return known
}
