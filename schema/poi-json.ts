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
import { MAX_DEPTH } from './event-id.ts'
import { type Fault, POI_STATUSES, type PoiStatus } from './poi.ts'
import { shown } from './poi-bounds.ts'
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
  location: ['location'],
  latitude: ['latitude', 'lat'],
  longitude: ['longitude', 'lon', 'lng'],
  timestamp: ['timestamp'],
  status: ['status'],
  attributes: ['attributes'],
  image: ['base64encodedImage', 'base64EncodedImage', 'base64_encoded_image', 'imageBase64', 'image'],
  operation: ['operation'],
  eventId: ['eventId', 'event_id'],
} as const satisfies Record<string, readonly string[]>

/** @throws SyntaxError when the text is no JSON object or nests deeper than 100. */
export function readJson(text: string): Statement {
  if (depthOf(text) > MAX_DEPTH) throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`)
  const members: unknown = JSON.parse(text)
  if (!isObject(members)) throw new SyntaxError('wanted a JSON object')
  const faults: Fault[] = []
  const taken = new Set<string>()
  const take = (field: keyof typeof NAMES, from: Members = members): unknown => {
    for (const name of NAMES[field]) {
      if (!Object.hasOwn(from, name) || from[name] === null) continue
      if (from === members) taken.add(name)
      return from[name]
    }
    return undefined
  }
  const text_ = (field: keyof typeof NAMES): string => textOf(take(field), field, faults)
  const place = take('location')
  if (place !== undefined && !isObject(place))
    faults.push({ field: 'location', code: 'BAD_FORMAT', message: `Wanted an object of latitude and longitude; came ${shown(place)}.` })
  const within = isObject(place) ? place : members
  const latitude = take('latitude', within)
  const longitude = take('longitude', within)
  const path = within === members ? '' : 'location.'
  const location =
    latitude === undefined && longitude === undefined
      ? null
      : { latitude: degreesOf(latitude, `${path}latitude`, faults), longitude: degreesOf(longitude, `${path}longitude`, faults) }
  const statement: Statement = {
    id: text_('id'),
    sourceId: text_('sourceId'),
    name: text_('name'),
    names: namesOf(take('names'), faults),
    category: text_('category'),
    description: text_('description'),
    location: isObject(place) || place === undefined ? location : { latitude: Number.NaN, longitude: Number.NaN },
    status: statusOf(take('status'), faults),
    timestamp: timeOf(take('timestamp'), faults),
    attributes: attributesOf(take('attributes'), faults),
    image: imageOf(take('image'), faults),
    operation: operationOf(take('operation'), faults),
    eventId: text_('eventId'),
    acceptedAt: null,
    faults,
  }
  return statement
}

/** The members that no field takes, as a JSON object in the very spelling of the producer; '' when there are none. */
export function extraJsonOf(text: string): string {
  const extra: string[] = []
  for (const { key, start, end } of membersOf(text)) if (!KNOWN.has(key)) extra.push(text.slice(start, end))
  return extra.length === 0 ? '' : `{${extra.join(',')}}`
}

const KNOWN: ReadonlySet<string> = new Set(Object.values(NAMES).flat())

/** The deepest nesting, found without recursion, so that a hostile text cannot exhaust the stack. */
function depthOf(text: string): number {
  let depth = 0
  let deepest = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) i = endOfString(text, i)
    else if (c === 0x7b || c === 0x5b) deepest = Math.max(deepest, ++depth)
    else if (c === 0x7d || c === 0x5d) depth--
  }
  return deepest
}

/** Where the members of an object begin and end, name included. The text is known to be a JSON object. */
function* membersOf(text: string): Generator<{ readonly key: string; readonly start: number; readonly end: number }> {
  let depth = 0
  let start = -1
  let key = ''
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) {
      const end = endOfString(text, i)
      if (depth === 1 && start === -1) {
        start = i
        key = JSON.parse(text.slice(i, end + 1))
      }
      i = end
    } else if (c === 0x7b || c === 0x5b) depth++
    else if (c === 0x7d || c === 0x5d || (c === 0x2c && depth === 1)) {
      if (depth === 1 && start !== -1) {
        yield { key, start, end: i }
        start = -1
      }
      if (c !== 0x2c) depth--
    }
  }
}

/** The closing quote of the string that opens at `from`; the end of the text when there is none. */
function endOfString(text: string, from: number): number {
  let i = from + 1
  for (; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) return i
    if (c === 0x5c) i++
  }
  return text.length - 1
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

function statusOf(value: unknown, faults: Fault[]): PoiStatus {
  if (value === undefined) return 'OPEN'
  const status = POI_STATUSES.find(known => typeof value === 'string' && known === value.trim().toUpperCase())
  if (status !== undefined) return status
  faults.push({ field: 'status', code: 'BAD_FORMAT', message: `Wanted one of ${POI_STATUSES.join(', ')}; came ${shown(value)}.` })
  return 'UNKNOWN'
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
    else faults.push({ field: `names.${tag}`, code: 'BAD_FORMAT', message: `Wanted text; came ${shown(name)}.` })
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
