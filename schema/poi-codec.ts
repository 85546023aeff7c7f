/**
 * Records of `poi-unprocessed-topic` and `poi-processed-topic`: bytes to domain and back (poi.proto tells the messages).
 *
 *     submission   Poi | { JSON } | 0x00, schema id (4 bytes), message indexes, Poi | 0x00, schema id, { JSON }
 *     processed    the producer's Poi as it came, then the fields that the platform changed, then `processed`
 *     progress     a Poi with nothing but `processed`
 */
import protobuf, { type Writer } from 'protobufjs/minimal.js'
import { type ChangeKind, type Fault, type Micros, POI_STATUSES, type ProcessedEntry, type ProcessedPoi, type Submission } from './poi.ts'
import { BOUNDS } from './poi-bounds.ts'
import { extraJsonOf, readJson } from './poi-json.ts'
import { acceptedAtOf, imageOf, statementOf, statusOf, timeOf } from './poi-protobuf.ts'
import { readPoi, TAG, type WirePoi, writeEntries, writeLocation, writeMicros } from './poi-wire.ts'
import { kindOf, readProcessed, readSource, writeProcessed, writeProgress } from './processed-wire.ts'
import { bufferOf, startMessage } from './protobuf.ts'
import { type DecodedSubmission, keyText, type Statement, type SubmissionDefaults, submissionOf } from './statement.ts'
import { bodyOf } from './submission-format.ts'

const NO_BYTES = new Uint8Array(0)

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
    statement = readStatement(value)
  } catch (error) {
    return { ok: false, id: keyText(defaults.key), faults: [unreadable(value, error)] }
  }
  return submissionOf(statement, defaults)
}

function readStatement(value: Uint8Array): Statement {
  const body = bodyOf(value)
  return body.format === 'json' ? readJson(body.text) : statementOf(readPoi(body.bytes))
}

function unreadable(value: Uint8Array, error: unknown): Fault {
  const start = bufferOf(value).toString('hex', 0, 16)
  const reason = error instanceof Error ? error.message : String(error)
  const message = `Wanted a JSON object, protobuf poi.v1.Poi or either in Confluent framing; came ${value.byteLength} bytes beginning ${start} (${reason.slice(0, 80)}).`
  return { field: null, code: 'BAD_FORMAT', message }
}

/**
 * A line of `poi-processed-topic`. The producer's bytes stay as they are, with every field that this version does not know; what follows
 * them are the fields that normalising, rules or a removal changed, and the platform's own. A record that came as JSON becomes a Poi whose
 * `extra_json` holds the members that no field takes.
 * @throws Error when `original` is no submission; decodeSubmission has taken it before.
 */
export function encodeProcessed(original: Uint8Array, poi: ProcessedPoi): Uint8Array {
  const body = bodyOf(original)
  const writer = startMessage()
  const wire = body.format === 'json' ? copyJson(writer, body.text) : copyPoi(writer, body.bytes)
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
