import { type Fault, type Micros, POI_STATUSES, type PoiStatus } from '#schema/poi.ts'
import { shown } from '#schema/poi-bounds.ts'
import { formatInstant, parseTimestamp } from '#schema/time.ts'
import { CommandError, EXIT } from '../exit-code.ts'
import { columnMeanings, type SortedFields, sorted, type Target } from './columns.ts'
import { flattened } from './geojson.ts'
import type { ImportRow, PoiInput, SourceRow } from './row.ts'

export interface MappingOptions {
  /** target by column, from --map; such a column counts before any alias */
  readonly map: ReadonlyMap<string, Target>
  readonly source: string | undefined
  /** for rows without one */
  readonly category: string | undefined
  /** for rows without one. Fixed for a whole import and its resumptions, so that a resend is the same event. */
  readonly timestamp: Micros
  readonly idPrefix: string
}

/** @throws CommandError (usage) when a CSV header has no column for something every POI needs: better than refusing every row */
export function checkHeader(header: readonly string[], options: MappingOptions): void {
  const meaning = columnMeanings(options.map)
  const targets = new Set(header.map(meaning).map(it => (typeof it === 'object' && 'target' in it ? it.target : undefined)))
  const missing: Target[] = (['id', 'name'] as const).filter(target => !targets.has(target))
  if (!targets.has('category') && options.category === undefined) missing.push('category')
  if (!targets.has('location')) missing.push(...(['latitude', 'longitude'] as const).filter(target => !targets.has(target)))
  if (missing.length === 0) return
  const columns = header.map(name => JSON.stringify(name)).join(', ')
  throw new CommandError(EXIT.usage, `The header has no column for: ${missing.join(', ')}. Its columns: ${columns}.`, {
    hint: `Name them, for example --map ${missing.map(target => `${target}=COLUMN`).join(',')}${missing.includes('category') ? ', or --category for all rows' : ''}.`,
  })
}

/** Makes rows into what `submitPois` takes, with every fault of a row at once; what lies outside the platform's bounds the platform says. */
export function createMapping(options: MappingOptions): (row: SourceRow) => ImportRow {
  const meaning = columnMeanings(options.map)
  const isStatusMapped = [...options.map.values()].includes('status')
  return row => {
    const place = row.line === undefined ? { row: row.row } : { row: row.row, line: row.line }
    if ('unreadable' in row) return { ...place, id: null, faults: [row.unreadable] }
    const geometry = flattened(row.fields)
    const fields = sorted(geometry.fields, meaning)
    const { values, names } = fields
    const faults: Fault[] = [...geometry.faults]
    const id = textOf(values.get('id'))
    const name = textOf(values.get('name')) ?? [...names.values()][0]
    const category = textOf(values.get('category')) ?? options.category
    const source = textOf(values.get('source')) ?? options.source
    const description = textOf(values.get('description'))
    const image = textOf(values.get('image'))
    if (id === undefined) faults.push(missing('id'))
    if (name === undefined) faults.push(missing('name'))
    if (category === undefined) faults.push(missing('category'))
    // A geometry that is no point is the row's fault already.
    const location = geometry.faults.length > 0 ? undefined : locationOf(values, faults)
    const timestamp = timestampOf(values.get('timestamp'), options.timestamp, faults)
    const status = takeStatus(fields, isStatusMapped, faults)
    // Spread, because assignment would take a member called __proto__ for the prototype.
    const attributes = { ...fields.attributes, ...objectOf(values.get('attributes'), 'attributes', faults) }
    const named = { ...Object.fromEntries(names), ...namesOf(values.get('names'), faults) }
    const fullId = id === undefined ? null : options.idPrefix + id
    if (
      faults.length > 0 ||
      fullId === null ||
      name === undefined ||
      category === undefined ||
      location === undefined ||
      timestamp === undefined
    )
      return { ...place, id: fullId, faults }
    const input: PoiInput = {
      id: fullId,
      ...(source !== undefined && { sourceId: source }),
      name,
      ...(Object.keys(named).length > 0 && { names: named }),
      category,
      ...(description !== undefined && { description }),
      location,
      timestamp,
      ...(status !== undefined && { status }),
      ...(image !== undefined && { imageBase64: image }),
      ...(Object.keys(attributes).length > 0 && { attributes }),
    }
    return { ...place, input }
  }
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value.trim() === '' ? undefined : value.trim()
  return typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean' ? String(value) : undefined
}

function missing(field: string): Fault {
  return { field, code: 'MISSING', message: `wanted a value, got none; --map ${field}=COLUMN names its column` }
}

/** Two columns, or one: an object of latitude and longitude, GeoJSON's [longitude, latitude], or the text "latitude,longitude". */
function locationOf(values: ReadonlyMap<Target, unknown>, faults: Fault[]): PoiInput['location'] | undefined {
  let latitude = values.get('latitude')
  let longitude = values.get('longitude')
  const location = values.get('location')
  if (latitude === undefined && longitude === undefined && location !== undefined) {
    if (Array.isArray(location)) [longitude, latitude] = location
    else if (typeof location === 'string') [latitude, longitude] = location.split(/[,; ]+/, 2)
    else if (typeof location === 'object' && location !== null) {
      const nested = sorted({ ...location }, columnMeanings(new Map())).values
      latitude = nested.get('latitude')
      longitude = nested.get('longitude')
    }
  }
  const at = { latitude: degreesOf(latitude, 'latitude', faults), longitude: degreesOf(longitude, 'longitude', faults) }
  return at.latitude === undefined || at.longitude === undefined ? undefined : { latitude: at.latitude, longitude: at.longitude }
}

function degreesOf(value: unknown, axis: 'latitude' | 'longitude', faults: Fault[]): number | undefined {
  const field = `location.${axis}`
  if (value === undefined || value === null || value === '') {
    faults.push({ field, code: 'MISSING', message: `wanted degrees, got nothing; --map ${axis}=COLUMN names the column` })
    return undefined
  }
  // A decimal comma is common where CSV is separated by semicolons.
  const number = typeof value === 'string' ? Number(value.trim().replace(/^([+-]?\d{1,3}),(\d+)$/, '$1.$2')) : value
  if (typeof number === 'number' && Number.isFinite(number)) return number
  faults.push({ field, code: 'NOT_A_NUMBER', message: `wanted degrees, got ${shown(value)}` })
  return undefined
}

/** RFC 3339, a number since 1970, or without an offset, which is then UTC: `2024-05-01`, `2024-05-01 12:00`, `2024-05-01 12:00:00`. */
function timestampOf(value: unknown, otherwise: Micros, faults: Fault[]): string | undefined {
  if (value === undefined) return formatInstant(otherwise)
  const micros = parseTimestamp(typeof value === 'string' ? inUtc(value.trim()) : value)
  if (micros !== undefined) return formatInstant(micros)
  faults.push({
    field: 'timestamp',
    code: 'BAD_FORMAT',
    message: `wanted RFC 3339 (2024-05-01T12:00:00Z) or a number of s, ms, µs or ns since 1970, got ${shown(value)}`,
  })
  return undefined
}

function inUtc(text: string): string {
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:\.\d{1,9})?)?)?$/.exec(text)
  return match === null ? text : `${match[1]}T${match[2] ?? '00:00'}${match[3] ?? ':00'}Z`
}

/** A column that is merely called "status" may mean anything; only one that --map names must hold the platform's. */
function takeStatus(fields: SortedFields, isMapped: boolean, faults: Fault[]): PoiStatus | undefined {
  const value = fields.values.get('status')
  if (value === undefined) return undefined
  const text = String(value)
    .trim()
    .toUpperCase()
    .replace(/[\s-]+/g, '_')
  const status = POI_STATUSES.find(known => known === text)
  if (status === undefined && isMapped)
    faults.push({ field: 'status', code: 'BAD_FORMAT', message: `wanted one of ${POI_STATUSES.join(', ')}, got ${shown(value)}` })
  else if (status === undefined) fields.attributes['status'] = value
  return status
}

function objectOf(value: unknown, field: string, faults: Fault[]): Readonly<Record<string, unknown>> {
  if (value === undefined) return {}
  const parsed = typeof value === 'string' ? safelyParsed(value) : value
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed }
  faults.push({ field, code: 'BAD_FORMAT', message: `wanted a JSON object, got ${shown(value)}` })
  return {}
}

function namesOf(value: unknown, faults: Fault[]): Readonly<Record<string, string>> {
  const names = objectOf(value, 'names', faults)
  return Object.fromEntries(Object.entries(names).map(([language, name]) => [language, String(name)]))
}

function safelyParsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
