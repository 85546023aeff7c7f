/**
 * The processor's state of one POI as bytes. Integers are little-endian, times are float64 (exact up to 2^53), text is UTF-8.
 *
 *   offset  bytes  what
 *   0       1      layout, 1
 *   1       1      bit 0: removed; bit 1: known; bit 2: has a source; bits 4-5: status, the place in POI_STATUSES
 *   2       1      n, how many recent events
 *   4       4      version
 *   8       8      revision, µs
 *   16      8      event time, µs
 *   24      8 × n  marks of recent events, oldest first
 *  -- when known
 *           8      latitude, degrees
 *           8      longitude, degrees
 *           2      length of the name, in UTF-16 units
 *           2      length of the category, likewise
 *           rest   name, category and source, one after the other: one conversion instead of three
 *
 * A later layout gets another first byte; layouts once written stay readable.
 */
import { POI_STATUSES } from '#schema/poi.ts'
import type { KnownPoi, PoiState } from './poi-state.ts'
import { EVENTS_REMEMBERED, MARK_BYTES } from './recent-events.ts'

const LAYOUT = 1
const REMOVED = 0b001
const KNOWN = 0b010
const SOURCED = 0b100
const STATUS_SHIFT = 4

const HEADER_BYTES = 24
const PLACE_BYTES = 20
const MAX_TEXT = 0xffff // UTF-16 units, each up to 3 bytes

// Reused by every call: encoding is synchronous and the result is copied out.
const scratch = Buffer.alloc(HEADER_BYTES + EVENTS_REMEMBERED * MARK_BYTES + PLACE_BYTES + 3 * MAX_TEXT)
const view = new DataView(scratch.buffer, scratch.byteOffset, scratch.byteLength)

/** @throws RangeError when the texts are longer than 65,535 UTF-16 units, which the bounds of a record exclude. */
export function encodePoiState({ version, revision, eventTime, removed, known, recentEvents }: PoiState): Uint8Array {
  view.setUint8(0, LAYOUT)
  view.setUint8(1, (removed ? REMOVED : 0) | (known === null ? 0 : flagsOf(known)))
  view.setUint8(2, recentEvents.length / MARK_BYTES)
  view.setUint32(4, version, true)
  view.setFloat64(8, revision, true)
  view.setFloat64(16, eventTime, true)
  let end = HEADER_BYTES + scratch.write(recentEvents, HEADER_BYTES, 'latin1')
  if (known !== null) {
    const { name, category, sourceId, location } = known
    const text = sourceId === null ? name + category : name + category + sourceId
    if (text.length > MAX_TEXT) throw new RangeError(`expected texts of at most ${MAX_TEXT} UTF-16 units, came ${text.length}`)
    view.setFloat64(end, location.latitude, true)
    view.setFloat64(end + 8, location.longitude, true)
    view.setUint16(end + 16, name.length, true)
    view.setUint16(end + 18, category.length, true)
    end += PLACE_BYTES
    end += scratch.write(text, end, 'utf8')
  }
  // Not from Node's buffer pool: whoever keeps a state must not keep its neighbours alive.
  const value = new Uint8Array(end)
  value.set(scratch.subarray(0, end))
  return value
}

/** @throws RangeError when the bytes were not written by `encodePoiState`. */
export function decodePoiState(value: Uint8Array): PoiState {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  const fields = new DataView(value.buffer, value.byteOffset, value.byteLength)
  const layout = fields.getUint8(0)
  if (layout !== LAYOUT) throw new RangeError(`expected the state of a POI in layout ${LAYOUT}, came layout ${layout}`)
  const flags = fields.getUint8(1)
  const recentEnd = HEADER_BYTES + fields.getUint8(2) * MARK_BYTES
  return {
    version: fields.getUint32(4, true),
    revision: fields.getFloat64(8, true),
    eventTime: fields.getFloat64(16, true),
    removed: (flags & REMOVED) !== 0,
    known: flags & KNOWN ? readKnown(bytes, fields, recentEnd, flags) : null,
    recentEvents: bytes.toString('latin1', HEADER_BYTES, recentEnd),
  }
}

const flagsOf = (known: KnownPoi): number =>
  KNOWN | (known.sourceId === null ? 0 : SOURCED) | (POI_STATUSES.indexOf(known.status) << STATUS_SHIFT)

function readKnown(bytes: Buffer, fields: DataView, at: number, flags: number): KnownPoi {
  const text = bytes.toString('utf8', at + PLACE_BYTES)
  const nameEnd = fields.getUint16(at + 16, true)
  const categoryEnd = nameEnd + fields.getUint16(at + 18, true)
  return {
    name: text.slice(0, nameEnd),
    category: text.slice(nameEnd, categoryEnd),
    sourceId: flags & SOURCED ? text.slice(categoryEnd) : null,
    status: POI_STATUSES[(flags >> STATUS_SHIFT) & 0b11] ?? 'UNKNOWN',
    location: { latitude: fields.getFloat64(at, true), longitude: fields.getFloat64(at + 8, true) },
  }
}
