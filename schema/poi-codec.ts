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
import { unframed } from './confluent-framing.ts'
import { eventIdOf } from './event-id.ts'
import {
  type ChangeKind,
  type Fault,
  type Micros,
  POI_STATUSES,
  type PoiRecord,
  type ProcessedEntry,
  type ProcessedPoi,
  type Submission,
} from './poi.ts'
import { BOUNDS, faultsOf } from './poi-bounds.ts'
import { extraJsonOf, readJson } from './poi-json.ts'
import { acceptedAtOf, imageOf, statementOf, statusOf, timeOf } from './poi-protobuf.ts'
import { readPoi, TAG, type WirePoi, writeEntries, writeLocation, writeMicros } from './poi-wire.ts'
import { kindOf, readProcessed, readSource, writeProcessed, writeProgress } from './processed-wire.ts'
import { bufferOf, startMessage } from './protobuf.ts'
import type { Statement } from './statement.ts'

const JSON_MARK = 0x7b
// 0xEF 0xBB 0xBF; as protobuf it would be wire type 7, which does not exist.
const BOM_MARK = 0xef
// Enough to mend a record by; a hostile one could have thousands.
const MAX_FAULTS = 100
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
  const writer = startMessage()
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

function submissionOf(statement: Statement, { time, key }: SubmissionDefaults): DecodedSubmission {
  const { operation, location } = statement
  const record: PoiRecord = {
    id: statement.id.trim() === '' ? (keyText(key) ?? idOf(statement)) : statement.id,
    sourceId: statement.sourceId === '' ? null : statement.sourceId,
    name: statement.name,
    names: statement.names,
    category: statement.category,
    description: statement.description === '' ? null : statement.description,
    location: location ?? { latitude: 0, longitude: 0 },
    status: statement.status,
    timestamp: statement.timestamp ?? time,
    attributes: statement.attributes,
    image: statement.image,
  }
  const faults = faultsOfForm(statement, record)
  if (faults.length > 0) {
    // A producer should not learn of its faults one by one: of the fields that could be read, the bounds are told as well.
    const told = new Set(faults.map(fault => fault.field))
    const bounds = faultsOf(record, time, operation).filter(({ field }) => !told.has(field) && !told.has(field?.split('.', 1)[0] ?? null))
    return { ok: false, id: record.id === '' ? null : record.id, faults: [...faults, ...bounds].slice(0, MAX_FAULTS) }
  }
  const eventId = statement.eventId === '' ? eventIdOf(record, operation) : statement.eventId
  return { ok: true, submission: { operation, record, eventId, acceptedAt: statement.acceptedAt } }
}

/** What could not be read, and what has to be there and is not. */
function faultsOfForm({ operation, location, faults }: Statement, record: PoiRecord): Fault[] {
  const all = [...faults]
  const isBlamed = (field: string): boolean => faults.some(fault => fault.field === field)
  const miss = (field: string, wanted: string): unknown =>
    isBlamed(field) || all.push({ field, code: 'MISSING', message: `Wanted ${wanted}; came nothing.` })
  if (record.id === '') miss('id', `1 to ${BOUNDS.id} characters`)
  if (operation === 'REMOVE') return all
  if (record.name === '') miss('name', `1 to ${BOUNDS.name} characters`)
  if (record.category === '') miss('category', `1 to ${BOUNDS.category} characters`)
  if (location === null) miss('location', 'latitude and longitude')
  return all
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
  const writer = startMessage()
  const wire = isJson(body) ? copyJson(writer, textOf(body)) : copyPoi(writer, body)
  if (wire.id !== poi.id) writer.uint32(TAG.id).string(poi.id)
  if (wire.sourceId !== (poi.sourceId ?? '')) writer.uint32(TAG.sourceId).string(poi.sourceId ?? '')
  if (wire.name !== poi.name) writer.uint32(TAG.name).string(poi.name)
  if (wire.category !== poi.category) writer.uint32(TAG.category).string(poi.category)
  if (wire.description !== (poi.description ?? '')) writer.uint32(TAG.description).string(poi.description ?? '')
  const at = wire.location
  if (at === null || at.latitude !== poi.location.latitude || at.longitude !== poi.location.longitude)
    writeLocation(writer, TAG.location, poi.location)
  if (timeOf(wire) !== poi.timestamp) writeMicros(writer, TAG.eventTime, poi.timestamp)
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
  const writer = startMessage()
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
    timestamp: timeOf(wire) ?? 0,
    attributes: wire.attributes === '' ? null : JSON.parse(wire.attributes),
    eventId: own.eventId,
    kind,
    version: own.version,
    revision: own.revision,
    operation: own.operation === 1 ? 'REMOVE' : 'UPSERT',
    previousLocation: own.previousLocation,
    source,
    rulesVersion: own.rulesVersion,
    acceptedAt: acceptedAtOf(wire),
    processedAt: own.processedAt,
    warnings: own.warnings,
    imageHash: own.imageHash,
  }
  return { type: 'change', poi, image: own.imageHash === null ? null : imageOf(wire) }
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
