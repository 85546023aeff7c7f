/**
 * Records that came as JSON. Two shapes are common, and any mixture of them is taken:
 *
 *     { lat, lon, name, category, description, timestamp }                                             numbers often as text, no id
 *     { id, sourceId, name, category, description, location { latitude, longitude }, timestamp, base64encodedImage }
 *
 * Numbers may be text, timestamps anything that parseTimestamp takes. A member that is null counts as left out. Members that no field takes
 * are kept as they were written.
 */
import { decodeBase64 } from './base64.ts'
import { membersOf, parseJson } from './json-text.ts'
import { type Fault, POI_STATUSES, type PoiStatus } from './poi.ts'
import { BOUNDS, shown } from './poi-bounds.ts'
import type { Statement } from './statement.ts'
import { parseTimestamp } from './time.ts'

type Members = Readonly<Record<string, unknown>>

/** What each field may be called; the first that is there and not null counts. */
const NAMES = {
  id: ['id'],
  sourceId: ['sourceId', 'source_id', 'source'],
  name: ['name'],
  names: ['names'],
  category: ['category'],
  description: ['description'],
  latitude: ['latitude', 'lat'],
  longitude: ['longitude', 'lon', 'lng'],
  timestamp: ['timestamp'],
  attributes: ['attributes'],
  image: ['base64encodedImage', 'base64EncodedImage', 'base64_encoded_image', 'imageBase64', 'image'],
  operation: ['operation'],
  eventId: ['eventId', 'event_id'],
} as const satisfies Record<string, readonly string[]>

/** @throws SyntaxError when the text is no JSON object or nests deeper than 100. */
export function readJson(text: string): Statement {
  const json = parseJson(text)
  if (!isObject(json)) throw new SyntaxError('wanted a JSON object')
  return read(json, new Set())
}

/**
 * The members that no field takes, as a JSON object in the very spelling of the producer; '' when there are none.
 * @throws SyntaxError as readJson does.
 */
export function extraJsonOf(text: string): string {
  const json = parseJson(text)
  if (!isObject(json)) throw new SyntaxError('wanted a JSON object')
  const taken = new Set<string>()
  read(json, taken)
  if (Object.keys(json).every(name => taken.has(name))) return ''
  const extra: string[] = []
  for (const { name, start, end } of membersOf(text)) if (!taken.has(name)) extra.push(text.slice(start, end).trimEnd())
  return `{${extra.join(',')}}`
}

/** Adds to `taken` the names of the members that are wholly told by the statement. */
function read(json: Members, taken: Set<string>): Statement {
  const faults: Fault[] = []
  const take = (field: keyof typeof NAMES): unknown => {
    const name = nameIn(json, field)
    if (name === undefined) return undefined
    taken.add(name)
    return json[name]
  }
  const text = (field: keyof typeof NAMES): string => textOf(take(field), field, faults)
  return {
    id: text('id'),
    sourceId: text('sourceId'),
    name: text('name'),
    names: namesOf(take('names'), faults),
    category: text('category'),
    description: text('description'),
    location: locationOf(json, taken, faults),
    status: statusOf(json, taken, faults),
    timestamp: timeOf(take('timestamp'), faults),
    attributes: attributesOf(take('attributes'), faults),
    image: imageOf(take('image'), faults),
    operation: operationOf(take('operation'), faults),
    eventId: text('eventId'),
    acceptedAt: null,
    faults,
  }
}

/** The name under which the object has the field. */
function nameIn(json: Members, field: keyof typeof NAMES): string | undefined {
  return NAMES[field].find(name => Object.hasOwn(json, name) && json[name] !== null)
}

/** From a location object, else from the record itself. */
function locationOf(json: Members, taken: Set<string>, faults: Fault[]): Statement['location'] {
  const location = json['location'] ?? null
  if (location !== null && !isObject(location)) {
    taken.add('location')
    faults.push({ field: 'location', code: 'BAD_FORMAT', message: `Wanted an object of latitude and longitude; came ${shown(location)}.` })
    return null
  }
  const within = location ?? json
  const latitude = nameIn(within, 'latitude')
  const longitude = nameIn(within, 'longitude')
  if (location === null) for (const name of [latitude, longitude]) name !== undefined && taken.add(name)
  // A location that says more than its two numbers stays among the extra members.
  else if (Object.keys(location).every(name => name === latitude || name === longitude)) taken.add('location')
  if (latitude === undefined && longitude === undefined) return null
  return {
    latitude: degreesOf(latitude && within[latitude], 'location.latitude', faults),
    longitude: degreesOf(longitude && within[longitude], 'location.longitude', faults),
  }
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textOf(value: unknown, field: string, faults: Fault[]): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  // Numbers are common ids.
  if (typeof value === 'number' && (field === 'id' || field === 'sourceId' || field === 'eventId')) return String(value)
  faults.push({ field, code: 'BAD_FORMAT', message: `Wanted text; came ${shown(value)}.` })
  return ''
}

function degreesOf(value: unknown, field: string, faults: Fault[]): number {
  if (typeof value === 'number') return value
  if (value === undefined) faults.push({ field, code: 'MISSING', message: 'Wanted degrees; came nothing.' })
  else {
    const degrees = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
    if (Number.isFinite(degrees)) return degrees
    faults.push({ field, code: 'NOT_A_NUMBER', message: `Wanted degrees; came ${shown(value)}.` })
  }
  return Number.NaN
}

function timeOf(value: unknown, faults: Fault[]): Statement['timestamp'] {
  if (value === undefined) return null
  const time = parseTimestamp(value)
  if (time !== undefined) return time
  const wanted = 'Wanted RFC 3339, or a number of s, ms, µs or ns since 1970'
  faults.push({ field: 'timestamp', code: 'BAD_FORMAT', message: `${wanted}; came ${shown(value)}.` })
  return null
}

/** A status that a later version may know is UNKNOWN to this one, and stays among the extra members. */
function statusOf(json: Members, taken: Set<string>, faults: Fault[]): PoiStatus {
  const value = json['status'] ?? null
  if (value === null) return 'OPEN'
  if (typeof value !== 'string') {
    taken.add('status')
    faults.push({ field: 'status', code: 'BAD_FORMAT', message: `Wanted one of ${POI_STATUSES.join(', ')}; came ${shown(value)}.` })
    return 'UNKNOWN'
  }
  const status = POI_STATUSES.find(known => known === value.trim().toUpperCase())
  if (status !== undefined) taken.add('status')
  return status ?? 'UNKNOWN'
}

function operationOf(value: unknown, faults: Fault[]): Statement['operation'] {
  if (value === undefined) return 'UPSERT'
  const operation = typeof value === 'string' ? value.trim().toUpperCase() : ''
  if (operation === 'UPSERT' || operation === 'REMOVE') return operation
  faults.push({ field: 'operation', code: 'BAD_FORMAT', message: `Wanted UPSERT or REMOVE; came ${shown(value)}.` })
  return 'UPSERT'
}

function namesOf(value: unknown, faults: Fault[]): Statement['names'] {
  if (value === undefined) return null
  if (!isObject(value)) {
    faults.push({ field: 'names', code: 'BAD_FORMAT', message: `Wanted an object of language tag to name; came ${shown(value)}.` })
    return null
  }
  const names: [string, string][] = []
  for (const [tag, name] of Object.entries(value)) {
    if (typeof name === 'string') names.push([tag, name])
    else
      faults.push({ field: `names.${tag.slice(0, BOUNDS.languageTag)}`, code: 'BAD_FORMAT', message: `Wanted text; came ${shown(name)}.` })
  }
  return Object.fromEntries(names)
}

function attributesOf(value: unknown, faults: Fault[]): unknown {
  if (value === undefined) return null
  if (isObject(value)) return value
  faults.push({ field: 'attributes', code: 'BAD_FORMAT', message: `Wanted an object; came ${shown(value)}.` })
  return null
}

function imageOf(value: unknown, faults: Fault[]): Uint8Array | null {
  if (value === undefined || value === '') return null
  const bytes = typeof value === 'string' ? decodeBase64(value) : undefined
  if (bytes === undefined) faults.push({ field: 'imageBase64', code: 'BAD_FORMAT', message: `Wanted base64; came ${shown(value)}.` })
  return bytes ?? null
}
