/** Records that came as protobuf: what a Poi says, told apart from how it lies on the wire. */
import { decodeBase64 } from './base64.ts'
import { parseJson } from './json-text.ts'
import { type Fault, type Micros, POI_STATUSES, type PoiStatus } from './poi.ts'
import { shown } from './poi-bounds.ts'
import type { WirePoi } from './poi-wire.ts'
import type { Statement } from './statement.ts'
import { parseTimestamp } from './time.ts'

/** What a Poi says. */
export function statementOf(wire: WirePoi): Statement {
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
    timestamp: readTime(wire, faults),
    attributes: attributesOf(wire.attributes, faults),
    image: readImage(wire, faults),
    operation: wire.operation === 1 ? 'REMOVE' : 'UPSERT',
    eventId: wire.eventId,
    acceptedAt: acceptedAtOf(wire),
    faults,
  }
}

/** A status that a later version may know is UNKNOWN to this one. */
export function statusOf(status: number): PoiStatus {
  return status === 0 ? 'OPEN' : (POI_STATUSES[status - 1] ?? 'UNKNOWN')
}

function readTime(wire: WirePoi, faults: Fault[]): Micros | null {
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
    const attributes = parseJson(text)
    if (typeof attributes === 'object' && !Array.isArray(attributes)) return attributes
  } catch {
    // The fault below says it.
  }
  faults.push({ field: 'attributes', code: 'BAD_FORMAT', message: `Wanted a JSON object; came ${shown(text)}.` })
  return null
}

function readImage(wire: WirePoi, faults: Fault[]): Uint8Array | null {
  if (wire.image !== null && wire.image.byteLength > 0) return wire.image
  if (wire.base64Image === '') return null
  const bytes = decodeBase64(wire.base64Image)
  if (bytes === undefined)
    faults.push({ field: 'imageBase64', code: 'BAD_FORMAT', message: `Wanted base64; came ${shown(wire.base64Image)}.` })
  return bytes ?? null
}

/** The event time; null when there is none, or none that can be told. */
export function timeOf(wire: WirePoi): Micros | null {
  return readTime(wire, [])
}

/** The picture, however it came; null when there is none. */
export function imageOf(wire: WirePoi): Uint8Array | null {
  return readImage(wire, [])
}

/** When the platform accepted it; null when it does not say, or says what cannot be. */
export function acceptedAtOf({ acceptedAt }: WirePoi): Micros | null {
  return typeof acceptedAt === 'number' ? acceptedAt : null
}
