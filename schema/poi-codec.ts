/**
 * Records of `poi-unprocessed-topic` and `poi-processed-topic`: bytes to domain and back (poi.proto tells the messages).
 *
 *     submission   Poi | { JSON } | 0x00, schema id (4 bytes), message indexes, Poi | 0x00, schema id, { JSON }
 *     processed    the producer's Poi as it came, then the fields that the platform changed, then `processed`
 *     progress     a Poi with nothing but `processed`
 *
 * The formats of a submission are told apart by the first byte: 0x7B `{` would be a group 15, which is reserved, and 0x00 a field 0.
 */
import { hash } from 'node:crypto'
import protobuf, { type Writer } from 'protobufjs/minimal.js'
import { decodeBase64 } from './base64.ts'
import { eventIdOf, MAX_DEPTH } from './event-id.ts'
import {
  type ChangeKind,
  type Fault,
  type Micros,
  POI_STATUSES,
  type PoiRecord,
  type PoiStatus,
  type ProcessedEntry,
  type ProcessedPoi,
  type Submission,
} from './poi.ts'
import { BOUNDS, faultsOf, shown } from './poi-bounds.ts'
import { extraJsonOf, readJson } from './poi-json.ts'
import { readPoi, TAG, type WirePoi, writeEntries, writeLocation, writeMicros } from './poi-wire.ts'
import { kindOf, readProcessed, readSource, writeProcessed, writeProgress } from './processed-wire.ts'
import { bufferOf, exact } from './protobuf.ts'
import type { Statement } from './statement.ts'
import { parseTimestamp } from './time.ts'

const JSON_MARK = 0x7b
const FRAMING_MARK = 0x00
// 0xEF 0xBB 0xBF; as protobuf it would be wire type 7, which does not exist.
const BOM_MARK = 0xef
const FRAME = 5 // bytes: the mark and the schema id
const NO_BYTES = new Uint8Array(0)

/** What stands in for what a record leaves out. */
export interface SubmissionDefaults {
  /** when the log took the record: its event time when it names none */
  readonly time: Micros
  /** the key of the record: its id when it names none */
  readonly key?: Uint8Array | null | undefined
}

export type DecodedSubmission =
  | { readonly ok: true; readonly submission: Submission }
  | { readonly ok: false; readonly id: string | null; readonly faults: readonly Fault[] }

/** A submission as the platform writes it: a Poi. */
export function encodeSubmission({ operation, record, eventId, acceptedAt }: Submission): Uint8Array {
  const writer = protobuf.Writer.create()
  writer.uint32(TAG.id).string(record.id)
  if (record.sourceId !== null) writer.uint32(TAG.sourceId).string(record.sourceId)
  if (operation === 'UPSERT') {
    writer.uint32(TAG.name).string(record.name)
    writer.uint32(TAG.category).string(record.category)
    if (record.description !== null) writer.uint32(TAG.description).string(record.description)
    writeLocation(writer, TAG.location, record.location)
  }
  writeTime(writer, record.timestamp)
  if (operation === 'UPSERT') {
    if (record.names !== null) writeEntries(writer, TAG.names, record.names)
    if (record.status !== 'OPEN') writer.uint32(TAG.status).int32(POI_STATUSES.indexOf(record.status) + 1)
    if (record.attributes !== null && record.attributes !== undefined)
      writer.uint32(TAG.attributes).string(JSON.stringify(record.attributes))
    if (record.image !== null) writer.uint32(TAG.image).bytes(record.image)
  } else writer.uint32(TAG.operation).int32(1)
  writer.uint32(TAG.eventId).string(eventId)
  if (acceptedAt !== null) writeMicros(writer, TAG.acceptedAt, acceptedAt)
  return writer.finish()
}

/** As `timestamp`, which every reader understands, wherever its magnitude tells that it is µs. */
function writeTime(writer: Writer, time: Micros): void {
  if (time >= 1e14 && time < 1e17) writer.uint32(TAG.timestamp).int64(time)
  else writeMicros(writer, TAG.eventTime, time)
}

/**
 * Reads a submission in any format and shape. Never throws, whatever the bytes: what cannot be read becomes faults, all of them at once.
 * Only the form is checked; what is read still has to be normalised and to pass faultsOf. A record without an id is known by its key, else
 * by a hash of its source, name and place (so the same sign reported from two places is two POIs). The image shares memory with `value`.
 */
export function decodeSubmission(value: Uint8Array, defaults: SubmissionDefaults): DecodedSubmission {
  if (value.byteLength === 0 || value.byteLength > BOUNDS.record) {
    const code = value.byteLength === 0 ? 'MISSING' : 'TOO_LARGE'
    const message = `Wanted a record of 1 to ${BOUNDS.record} bytes; came ${value.byteLength}.`
    return { ok: false, id: keyText(defaults.key), faults: [{ field: null, code, message }] }
  }
  let statement: Statement
  try {
    statement = readStatement(bufferOf(value))
  } catch (error) {
    return { ok: false, id: keyText(defaults.key), faults: [unreadable(value, error)] }
  }
  return submissionOf(statement, defaults)
}

function readStatement(value: Buffer): Statement {
  const body = unframed(value)
  return isJson(body) ? readJson(textOf(body)) : statementOf(readPoi(body))
}

/** Without Confluent's framing: 0x00, schema id, message indexes (a zigzag count, then as many; a single 0 is the first message). */
function unframed(value: Buffer): Buffer {
  if (value[0] !== FRAMING_MARK) return value
  if (value.byteLength <= FRAME) throw new RangeError('Confluent framing without a message')
  // Confluent's JSON serializer writes no indexes; as a count `{` would be negative.
  if (value[FRAME] === JSON_MARK) return value.subarray(FRAME)
  const reader = protobuf.Reader.create(value)
  reader.skip(FRAME)
  const count = reader.sint32()
  if (count < 0 || count > MAX_DEPTH) throw new RangeError(`Confluent framing with ${count} message indexes`)
  for (let i = 0; i < count; i++) reader.skip()
  return value.subarray(reader.pos)
}

function isJson(body: Buffer): boolean {
  return body[0] === JSON_MARK || (body[0] === BOM_MARK && body[3] === JSON_MARK)
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** @throws TypeError when the bytes are no UTF-8; a byte order mark is dropped. */
function textOf(body: Buffer): string {
  return utf8.decode(body)
}

function unreadable(value: Uint8Array, error: unknown): Fault {
  const start = bufferOf(value).toString('hex', 0, 16)
  const reason = error instanceof Error ? error.message : String(error)
  const message = `Wanted a JSON object, protobuf poi.v1.Poi or either in Confluent framing; came ${value.byteLength} bytes beginning ${start} (${reason.slice(0, 80)}).`
  return { field: null, code: 'BAD_FORMAT', message }
}

function statementOf(wire: WirePoi): Statement {
  const faults: Fault[] = []
  return {
    id: wire.id,
    sourceId: wire.sourceId,
    name: wire.name,
    names: wire.names,
    category: wire.category,
    description: wire.description,
    location: wire.location,
    status: statusOf(wire.status),
    timestamp: timeOf(wire, faults),
    attributes: attributesOf(wire.attributes, faults),
    image: imageOf(wire, faults),
    operation: wire.operation === 1 ? 'REMOVE' : 'UPSERT',
    eventId: wire.eventId,
    acceptedAt: typeof wire.acceptedAt === 'bigint' ? null : wire.acceptedAt,
    faults,
  }
}

/** A status that a later version may know is UNKNOWN to this one. */
function statusOf(status: number): PoiStatus {
  return status === 0 ? 'OPEN' : (POI_STATUSES[status - 1] ?? 'UNKNOWN')
}

function timeOf(wire: WirePoi, faults: Fault[]): Micros | null {
  if (typeof wire.eventTime === 'number') return wire.eventTime
  if (wire.eventTime === null && wire.timestamp === 0) return null
  const time = wire.eventTime === null ? parseTimestamp(wire.timestamp) : undefined
  if (time !== undefined) return time
  const message = `Wanted s, ms, µs or ns since 1970, between 1684 and 2255; came ${wire.eventTime ?? wire.timestamp}.`
  faults.push({ field: 'timestamp', code: 'BAD_FORMAT', message })
  return null
}

function attributesOf(text: string, faults: Fault[]): unknown {
  if (text === '') return null
  try {
    const attributes: unknown = JSON.parse(text)
    if (typeof attributes === 'object' && !Array.isArray(attributes)) return attributes
  } catch {
    // The fault below says it.
  }
  faults.push({ field: 'attributes', code: 'BAD_FORMAT', message: `Wanted a JSON object; came ${shown(text)}.` })
  return null
}

function imageOf(wire: WirePoi, faults: Fault[]): Uint8Array | null {
  if (wire.image !== null && wire.image.byteLength > 0) return wire.image
  if (wire.base64Image === '') return null
  const bytes = decodeBase64(wire.base64Image)
  if (bytes === undefined)
    faults.push({ field: 'imageBase64', code: 'BAD_FORMAT', message: `Wanted base64; came ${shown(wire.base64Image)}.` })
  return bytes ?? null
}

function submissionOf(statement: Statement, defaults: SubmissionDefaults): DecodedSubmission {
  const { operation, faults, location } = statement
  if (operation === 'UPSERT' && location === null)
    faults.push({ field: 'location', code: 'MISSING', message: 'Wanted latitude and longitude; came nothing.' })
  const record: PoiRecord = {
    id: statement.id.trim() === '' ? (keyText(defaults.key) ?? idOf(statement)) : statement.id,
    sourceId: statement.sourceId === '' ? null : statement.sourceId,
    name: statement.name,
    names: statement.names,
    category: statement.category,
    description: statement.description === '' ? null : statement.description,
    location: location ?? { latitude: 0, longitude: 0 },
    status: statement.status,
    timestamp: statement.timestamp ?? defaults.time,
    attributes: statement.attributes,
    image: statement.image,
  }
  if (record.id === '') faults.push({ field: 'id', code: 'MISSING', message: `Wanted 1 to ${BOUNDS.id} characters; came nothing.` })
  if (faults.length > 0)
    return { ok: false, id: record.id === '' ? null : record.id, faults: withBounds(faults, record, defaults.time, operation) }
  const eventId = statement.eventId === '' ? eventIdOf(record, operation) : statement.eventId
  return { ok: true, submission: { operation, record, eventId, acceptedAt: statement.acceptedAt } }
}

/** A producer should not learn of its faults one by one: those of the fields that could be read are told as well. */
function withBounds(faults: readonly Fault[], record: PoiRecord, now: Micros, operation: Submission['operation']): Fault[] {
  const told = new Set(faults.map(fault => fault.field))
  const isTold = (field: string | null): boolean =>
    told.has(field) || (field?.startsWith('location.') === true && (told.has('location') || told.has(field.slice(9))))
  return [...faults, ...faultsOf(record, now, operation).filter(fault => !isTold(fault.field))]
}

function keyText(key: Uint8Array | null | undefined): string | null {
  if (key === null || key === undefined || key.byteLength === 0 || key.byteLength > 4 * BOUNDS.id) return null
  const text = bufferOf(key).toString('utf8')
  return text.trim() === '' ? null : text
}

/** For records that have neither id nor key; '' when they say nothing that could tell them apart. */
function idOf({ sourceId, name, location }: Statement): string {
  if (name.trim() === '' || location === null) return ''
  const text = JSON.stringify([sourceId, name.trim(), location.latitude, location.longitude])
  return `~${hash('sha256', text, 'base64url').slice(0, 22)}`
}

/**
 * A line of `poi-processed-topic`. The producer's bytes stay as they are, with every field that this version does not know; what follows
 * them are the fields that normalising, rules or a removal changed, and the platform's own. A record that came as JSON becomes a Poi whose
 * `extra_json` holds the members that no field takes.
 * @throws Error when `original` is no submission; decodeSubmission has taken it before.
 */
export function encodeProcessed(original: Uint8Array, poi: ProcessedPoi): Uint8Array {
  const body = unframed(bufferOf(original))
  const writer = protobuf.Writer.create()
  const wire = isJson(body) ? copyJson(writer, textOf(body)) : copyPoi(writer, body)
  if (wire.id !== poi.id) writer.uint32(TAG.id).string(poi.id)
  if (wire.sourceId !== (poi.sourceId ?? '')) writer.uint32(TAG.sourceId).string(poi.sourceId ?? '')
  if (wire.name !== poi.name) writer.uint32(TAG.name).string(poi.name)
  if (wire.category !== poi.category) writer.uint32(TAG.category).string(poi.category)
  if (wire.description !== (poi.description ?? '')) writer.uint32(TAG.description).string(poi.description ?? '')
  const at = wire.location
  if (at === null || at.latitude !== poi.location.latitude || at.longitude !== poi.location.longitude)
    writeLocation(writer, TAG.location, poi.location)
  if (timeOf(wire, []) !== poi.timestamp) writeMicros(writer, TAG.eventTime, poi.timestamp)
  if (statusOf(wire.status) !== poi.status) writer.uint32(TAG.status).int32(POI_STATUSES.indexOf(poi.status) + 1)
  if (!isSameJson(wire.attributes, poi.attributes))
    writer.uint32(TAG.attributes).string(poi.attributes === null || poi.attributes === undefined ? '' : JSON.stringify(poi.attributes))
  if (wire.acceptedAt !== poi.acceptedAt && poi.acceptedAt !== null) writeMicros(writer, TAG.acceptedAt, poi.acceptedAt)
  writeProcessed(writer, TAG.processed, poi, isSameNames(wire.names, poi.names) ? undefined : poi.names)
  return writer.finish()
}

/** Copies the producer's bytes, all but a `processed` of its own. */
function copyPoi(writer: Writer, body: Buffer): WirePoi {
  const wire = readPoi(body)
  let from = 0
  if (wire.processedSpans !== null) {
    for (let i = 0; i < wire.processedSpans.length; i += 2) {
      writer.raw(body.subarray(from, wire.processedSpans[i]))
      from = wire.processedSpans[i + 1] ?? body.byteLength
    }
  }
  writer.raw(from === 0 ? body : body.subarray(from))
  return wire
}

/** Writes what only the JSON holds; all else is written as changed. */
function copyJson(writer: Writer, text: string): WirePoi {
  const { image } = readJson(text)
  const extra = extraJsonOf(text)
  if (image !== null) writer.uint32(TAG.image).bytes(image)
  if (extra !== '') writer.uint32(TAG.extraJson).string(extra)
  return readPoi(NO_BYTES)
}

function isSameJson(text: string, value: unknown): boolean {
  if (value === null || value === undefined) return text === ''
  if (text === '') return false
  const wanted = JSON.stringify(value)
  return text === wanted || JSON.stringify(JSON.parse(text)) === wanted
}

function isSameNames(a: ProcessedPoi['names'], b: ProcessedPoi['names']): boolean {
  if (a === null || b === null) return a === b
  const tags = Object.keys(a)
  return tags.length === Object.keys(b).length && tags.every(tag => Object.hasOwn(b, tag) && a[tag] === b[tag])
}

/** Tells readers of the processed topic how far the source is processed when its last records yielded nothing. */
export function encodeProgress(source: ProcessedPoi['source']): Uint8Array {
  const writer = protobuf.Writer.create()
  writeProgress(writer, TAG.processed, source)
  return writer.finish()
}

/**
 * Reads a record of `poi-processed-topic`. The image shares memory with `value`.
 * @throws Error when it is none: only the platform writes that topic, so no sink may go on behind it.
 */
export function decodeProcessed(value: Uint8Array): ProcessedEntry {
  const wire = readPoi(value)
  if (wire.processedStart < 0) throw new RangeError('a record of the processed topic without `processed`')
  const own = readProcessed(value, wire.processedStart, wire.processedEnd)
  const source = { partition: own.sourcePartition, offset: own.sourceOffset }
  const kind = kindOf(own.kind)
  if (kind === 'PROGRESS') return { type: 'progress', source }
  const poi: ProcessedPoi = {
    id: wire.id,
    sourceId: wire.sourceId === '' ? null : wire.sourceId,
    name: wire.name,
    names: own.names === null ? wire.names : Object.keys(own.names).length === 0 ? null : own.names,
    category: wire.category,
    description: wire.description === '' ? null : wire.description,
    location: wire.location ?? { latitude: 0, longitude: 0 },
    status: statusOf(wire.status),
    timestamp: timeOf(wire, []) ?? 0,
    attributes: wire.attributes === '' ? null : JSON.parse(wire.attributes),
    eventId: own.eventId,
    kind,
    version: own.version,
    revision: own.revision,
    operation: own.operation === 1 ? 'REMOVE' : 'UPSERT',
    previousLocation: own.previousLocation,
    source,
    rulesVersion: own.rulesVersion,
    acceptedAt: wire.acceptedAt === null ? null : exact(wire.acceptedAt),
    processedAt: own.processedAt,
    warnings: own.warnings,
    imageHash: own.imageHash,
  }
  return { type: 'change', poi, image: own.imageHash === null ? null : imageOf(wire, []) }
}

/**
 * Only where a record of `poi-processed-topic` came from, without decoding the rest.
 * @throws Error when it is none.
 */
export function sourceOf(value: Uint8Array): { partition: number; offset: number; kind: ChangeKind | 'PROGRESS' } {
  const bytes = bufferOf(value)
  const reader = protobuf.Reader.create(bytes)
  let start = -1
  let end = -1
  while (reader.pos < reader.len) {
    const tag = reader.tag()
    if (tag === TAG.processed) {
      const length = reader.uint32()
      start = reader.pos
      end = start + length
      reader.skip(length)
    } else reader.skipType(tag & 7, 0, tag >>> 3)
  }
  if (start < 0) throw new RangeError('a record of the processed topic without `processed`')
  const { partition, offset, kind } = readSource(bytes, start, end)
  return { partition, offset, kind: kindOf(kind) }
}
