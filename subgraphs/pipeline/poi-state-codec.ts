/**
 * The processor's state of one POI as bytes. Integers are little-endian, times are float64 (exact up to 2^53), text is UTF-8.
 *
 *   offset  bytes  what
 *   0       1      layout, 1
 *   1       1      bit 0: removed; bit 1: known; bit 2: has a source; bits 4-5: status, the place in POI_STATUSES
 *   2       4      version
 *   6       8      revision, µs
 *   14      8      event time, µs
 *  -- when known
 *   22      8      latitude, degrees
 *   30      8      longitude, degrees
 *   38      2 + n  name: length in bytes, then the text
 *           2 + n  category
 *           2 + n  source, when there is one
 *  -- always
 *           8 × n  marks of recent events, oldest first, up to the end
 *
 * A later layout gets another first byte; layouts once written stay readable.
 */
import { POI_STATUSES } from '#schema/poi.ts'
import type { KnownPoi, PoiState } from './poi-state.ts'

const LAYOUT = 1
const REMOVED = 0b001
const KNOWN = 0b010
const SOURCED = 0b100
const STATUS_SHIFT = 4

const HEADER_BYTES = 22
const KNOWN_AT = HEADER_BYTES
const TEXTS_AT = 38
const MAX_TEXT_BYTES = 0xffff

// Reused by every call: encoding is synchronous and the result is copied out.
const scratch = Buffer.allocUnsafe(TEXTS_AT + 3 * (2 + MAX_TEXT_BYTES) + 1_024)

/** @throws RangeError when a text is longer than 65,535 bytes, which the bounds of a record exclude. */
export function encodePoiState(state: PoiState): Uint8Array {
  const { known } = state
  scratch[0] = LAYOUT
  scratch[1] = (state.removed ? REMOVED : 0) | (known === null ? 0 : flagsOf(known))
  scratch.writeUInt32LE(state.version, 2)
  scratch.writeDoubleLE(state.revision, 6)
  scratch.writeDoubleLE(state.eventTime, 14)
  let end = HEADER_BYTES
  if (known !== null) {
    scratch.writeDoubleLE(known.location.latitude, KNOWN_AT)
    scratch.writeDoubleLE(known.location.longitude, KNOWN_AT + 8)
    end = writeText(known.name, TEXTS_AT)
    end = writeText(known.category, end)
    if (known.sourceId !== null) end = writeText(known.sourceId, end)
  }
  end += scratch.write(state.recentEvents, end, 'latin1')
  // Not from Node's buffer pool: whoever keeps a state must not keep its neighbours alive.
  const value = new Uint8Array(end)
  value.set(scratch.subarray(0, end))
  return value
}

/** @throws RangeError when the bytes were not written by `encodePoiState`. */
export function decodePoiState(value: Uint8Array): PoiState {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  const layout = bytes[0]
  if (layout !== LAYOUT) throw new RangeError(`expected the state of a POI in layout ${LAYOUT}, came layout ${layout}`)
  const flags = bytes[1] ?? 0
  let at = HEADER_BYTES
  let known: KnownPoi | null = null
  if (flags & KNOWN) {
    at = TEXTS_AT
    const text = () => {
      const start = at + 2
      at = start + bytes.readUInt16LE(at)
      return bytes.toString('utf8', start, at)
    }
    known = {
      name: text(),
      category: text(),
      sourceId: flags & SOURCED ? text() : null,
      status: POI_STATUSES[(flags >> STATUS_SHIFT) & 0b11] ?? 'UNKNOWN',
      location: { latitude: bytes.readDoubleLE(KNOWN_AT), longitude: bytes.readDoubleLE(KNOWN_AT + 8) },
    }
  }
  return {
    version: bytes.readUInt32LE(2),
    revision: bytes.readDoubleLE(6),
    eventTime: bytes.readDoubleLE(14),
    removed: (flags & REMOVED) !== 0,
    known,
    recentEvents: bytes.toString('latin1', at),
  }
}

const flagsOf = (known: KnownPoi): number =>
  KNOWN | (known.sourceId === null ? 0 : SOURCED) | (POI_STATUSES.indexOf(known.status) << STATUS_SHIFT)

function writeText(text: string, at: number): number {
  // Room for one character more than allowed: a text that is cut off there is seen to be too long.
  const bytes = scratch.write(text, at + 2, MAX_TEXT_BYTES + 4, 'utf8')
  if (bytes > MAX_TEXT_BYTES) throw new RangeError(`expected a text of at most ${MAX_TEXT_BYTES} bytes`)
  scratch.writeUInt16LE(bytes, at)
  return at + 2 + bytes
}
