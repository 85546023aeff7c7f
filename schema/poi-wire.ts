/**
 * The message `poi.v1.Poi` of poi.proto, read and written by hand with protobufjs's Reader and Writer: reflection costs several times as
 * much, and a generic decoder loses the fields that it does not know. Nothing is judged here.
 *
 *     1 id  2 source_id  3 name  4 category  5 description  8 base64_encoded_image  11 attributes  14 event_id  18 extra_json     string
 *     6 location { 1 latitude  2 longitude  double }
 *     7 timestamp  10 status  13 operation                                                                                        varint
 *     9 names { 1 language  2 name }                                                                                              map
 *     12 image                                                                                                                    bytes
 *     16 accepted_at  17 event_time                                                                                               sfixed64
 *     31 processed, see processed-wire.ts
 */
import protobuf, { type Reader, type Writer } from 'protobufjs/minimal.js'
import type { Location, Micros } from './poi.ts'
import { BYTES, bufferOf, FIXED64, readInt64, readSfixed64, tagOf, VARINT, writeSfixed64 } from './protobuf.ts'

/** Fields, entries of maps included, that one message may have beyond the ones known. */
const MAX_UNKNOWN = 1_000

export const TAG = {
  id: tagOf(1, BYTES),
  sourceId: tagOf(2, BYTES),
  name: tagOf(3, BYTES),
  category: tagOf(4, BYTES),
  description: tagOf(5, BYTES),
  location: tagOf(6, BYTES),
  timestamp: tagOf(7, VARINT),
  base64Image: tagOf(8, BYTES),
  names: tagOf(9, BYTES),
  status: tagOf(10, VARINT),
  attributes: tagOf(11, BYTES),
  image: tagOf(12, BYTES),
  operation: tagOf(13, VARINT),
  eventId: tagOf(14, BYTES),
  acceptedAt: tagOf(16, FIXED64),
  eventTime: tagOf(17, FIXED64),
  extraJson: tagOf(18, BYTES),
  processed: tagOf(31, BYTES),
} as const

const LATITUDE = tagOf(1, FIXED64)
const LONGITUDE = tagOf(2, FIXED64)
const MAP_KEY = tagOf(1, BYTES)
const MAP_VALUE = tagOf(2, BYTES)

/** The message as it lies there; what was left out has protobuf's defaults. */
export interface WirePoi {
  id: string
  sourceId: string
  name: string
  category: string
  description: string
  location: Location | null
  timestamp: number | bigint
  base64Image: string
  names: Record<string, string> | null
  status: number
  attributes: string
  image: Uint8Array | null
  operation: number
  eventId: string
  acceptedAt: number | bigint | null
  eventTime: number | bigint | null
  extraJson: string
  /** where the last `processed` lies in the bytes, without its tag and length */
  processedStart: number
  processedEnd: number
  /** start and end of every `processed` with its tag, flat; null when there is none */
  processedSpans: number[] | null
}

/**
 * Reads the message. Texts and the image may share memory with the bytes.
 * @throws Error when the bytes are no protobuf, nest deeper than 100, or hold more than 1,000 unknown fields.
 */
export function readPoi(bytes: Uint8Array): WirePoi {
  const poi: WirePoi = {
    id: '',
    sourceId: '',
    name: '',
    category: '',
    description: '',
    location: null,
    timestamp: 0,
    base64Image: '',
    names: null,
    status: 0,
    attributes: '',
    image: null,
    operation: 0,
    eventId: '',
    acceptedAt: null,
    eventTime: null,
    extraJson: '',
    processedStart: -1,
    processedEnd: -1,
    processedSpans: null,
  }
  const reader = protobuf.Reader.create(bufferOf(bytes))
  let unknown = 0
  while (reader.pos < reader.len) {
    const start = reader.pos
    const tag = reader.tag()
    switch (tag) {
      case TAG.id:
        poi.id = reader.string()
        break
      case TAG.sourceId:
        poi.sourceId = reader.string()
        break
      case TAG.name:
        poi.name = reader.string()
        break
      case TAG.category:
        poi.category = reader.string()
        break
      case TAG.description:
        poi.description = reader.string()
        break
      case TAG.location:
        poi.location = readLocation(reader, poi.location)
        break
      case TAG.timestamp:
        poi.timestamp = readInt64(reader)
        break
      case TAG.base64Image:
        poi.base64Image = reader.string()
        break
      case TAG.names:
        poi.names ??= {}
        readEntry(reader, poi.names)
        unknown++
        break
      case TAG.status:
        poi.status = reader.int32()
        break
      case TAG.attributes:
        poi.attributes = reader.string()
        break
      case TAG.image:
        poi.image = reader.bytes()
        break
      case TAG.operation:
        poi.operation = reader.int32()
        break
      case TAG.eventId:
        poi.eventId = reader.string()
        break
      case TAG.acceptedAt:
        poi.acceptedAt = readSfixed64(reader)
        break
      case TAG.eventTime:
        poi.eventTime = readSfixed64(reader)
        break
      case TAG.extraJson:
        poi.extraJson = reader.string()
        break
      case TAG.processed:
        poi.processedEnd = reader.uint32() + reader.pos
        poi.processedStart = reader.pos
        reader.skip(poi.processedEnd - reader.pos)
        poi.processedSpans ??= []
        poi.processedSpans.push(start, reader.pos)
        break
      default:
        unknown++
        reader.skipType(tag & 7, 0, tag >>> 3)
    }
    if (unknown > MAX_UNKNOWN) throw new RangeError(`more than ${MAX_UNKNOWN} unknown fields`)
  }
  return poi
}

/** Merges into what an earlier occurrence of the field said, as protobuf wants it. */
export function readLocation(reader: Reader, earlier: Location | null): Location {
  const end = endOf(reader)
  let latitude = earlier?.latitude ?? 0
  let longitude = earlier?.longitude ?? 0
  while (reader.pos < end) {
    const tag = reader.tag()
    if (tag === LATITUDE) latitude = reader.double()
    else if (tag === LONGITUDE) longitude = reader.double()
    else reader.skipType(tag & 7, 1, tag >>> 3)
  }
  if (reader.pos !== end) throw new RangeError('a location does not end where it says')
  return { latitude, longitude }
}

/** One entry of a map of texts. */
export function readEntry(reader: Reader, into: Record<string, string>): void {
  const end = endOf(reader)
  let key = ''
  let value = ''
  while (reader.pos < end) {
    const tag = reader.tag()
    if (tag === MAP_KEY) key = reader.string()
    else if (tag === MAP_VALUE) value = reader.string()
    else reader.skipType(tag & 7, 1, tag >>> 3)
  }
  if (reader.pos !== end) throw new RangeError('an entry of a map does not end where it says')
  // Assigning would set the prototype.
  if (key === '__proto__') Object.defineProperty(into, key, { value, enumerable: true, configurable: true, writable: true })
  else into[key] = value
}

/** Where the message that begins here ends. */
export function endOf(reader: Reader): number {
  const length = reader.uint32()
  const end = reader.pos + length
  if (end > reader.len) throw new RangeError('a message is longer than what holds it')
  return end
}

/** Zeros are written too, so that they win over an earlier value. */
export function writeLocation(writer: Writer, tag: number, location: Location): void {
  writer.uint32(tag).uint32(18).uint32(LATITUDE).double(location.latitude).uint32(LONGITUDE).double(location.longitude)
}

export function writeEntries(writer: Writer, tag: number, entries: Readonly<Record<string, string>>): void {
  for (const key of Object.keys(entries)) {
    writer
      .uint32(tag)
      .fork()
      .uint32(MAP_KEY)
      .string(key)
      .uint32(MAP_VALUE)
      .string(entries[key] ?? '')
      .ldelim()
  }
}

export function writeMicros(writer: Writer, tag: number, micros: Micros): void {
  writer.uint32(tag)
  writeSfixed64(writer, micros)
}
