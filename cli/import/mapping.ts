import { type Fault, type Micros, POI_STATUSES, type PoiStatus } from '#schema/poi.ts'
import { shown } from '#schema/poi-bounds.ts'
import { formatInstant, parseTimestamp } from '#schema/time.ts'
import { CommandError, EXIT } from '../exit-code.ts'
import { flattened } from './geojson.ts'
import type { ImportRow, PoiInput, SourceRow } from './row.ts'

/** What a column can become. */
export const TARGETS = [
  'id',
  'source',
  'name',
  'names',
  'category',
  'description',
  'latitude',
  'longitude',
  'location',
  'timestamp',
  'status',
  'image',
  'attributes',
] as const
export type Target = (typeof TARGETS)[number]

/** Column names that are understood without --map, most telling first; compared without case, blanks, `-` and `_`. */
const ALIASES: Readonly<Record<Target, readonly string[]>> = {
  id: ['id', 'poiid', 'ident', 'identifier', 'uuid', '@id', 'osmid'],
  source: ['sourceid', 'source', 'provider'],
  name: ['name', 'title', 'label'],
  names: ['names', 'translations'],
  category: ['category', 'type', 'kind', 'class', 'fclass', 'amenity'],
  description: ['description', 'desc', 'comment', 'note'],
  latitude: ['latitude', 'lat', 'latitudedeg', 'latdeg', 'decimallatitude', 'ycoord', 'y'],
  longitude: ['longitude', 'lon', 'lng', 'long', 'longitudedeg', 'londeg', 'decimallongitude', 'xcoord', 'x'],
  location: ['location', 'position', 'coordinates', 'geo', 'coord'],
  timestamp: ['timestamp', 'updatedat', 'updated', 'modifiedat', 'modified', 'lastupdated', 'lastmodified', 'datetime', 'ts'],
  status: ['status'],
  image: ['imagebase64', 'base64encodedimage'],
  attributes: ['attributes'],
}

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

/** Parses `target=column,...` of --map. @throws CommandError (usage) */
export function parseMap(pairs: readonly string[]): ReadonlyMap<string, Target> {
  const map = new Map<string, Target>()
  for (const pair of pairs) {
    const [target = '', column = ''] = pair.split(/=(.*)/s, 2)
    if (!TARGETS.includes(target as Target) || column.trim() === '')
      throw new CommandError(EXIT.usage, `--map wants target=column with a target of ${TARGETS.join(', ')}; got ${JSON.stringify(pair)}.`)
    map.set(column.trim(), target as Target)
  }
  return map
}

/** What one column means: a target with its rank (lower wins where two columns mean the same), a language's name, or an attribute. */
type Meaning = { readonly target: Target; readonly rank: number } | { readonly language: string } | 'attribute'

const LANGUAGE_COLUMN = /^name:([a-z]{2,3}(?:-[a-z0-9]{2,8})*)$/i

/** Says what a column means, remembering the answer: rows share their columns. */
export function columnMeanings(map: ReadonlyMap<string, Target>): (column: string) => Meaning {
  const known = new Map<string, Meaning>()
  return column => {
    let meaning = known.get(column)
    if (meaning === undefined) {
      meaning = meaningOf(column, map)
      // Bounded: a source of objects may have as many names as rows.
      if (known.size < 10_000) known.set(column, meaning)
    }
    return meaning
  }
}

function meaningOf(column: string, map: ReadonlyMap<string, Target>): Meaning {
  const mapped = map.get(column.trim())
  if (mapped !== undefined) return { target: mapped, rank: -1 }
  const language = LANGUAGE_COLUMN.exec(column.trim())?.[1]
  if (language !== undefined) return { language }
  const folded = column.toLowerCase().replace(/[\s_-]+/g, '')
  for (const target of TARGETS) {
    const rank = ALIASES[target].indexOf(folded)
    if (rank !== -1) return { target, rank }
  }
  return 'attribute'
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

interface SortedFields {
  readonly values: ReadonlyMap<Target, unknown>
  readonly names: ReadonlyMap<string, string>
  readonly attributes: Record<string, unknown>
}

/** Puts each field where it belongs. A column that lost its target to a better one is an attribute; an empty one is nothing. */
function sorted(fields: Readonly<Record<string, unknown>>, meaning: (column: string) => Meaning): SortedFields {
  const best = new Map<Target, { readonly rank: number; readonly column: string; readonly value: unknown }>()
  const names = new Map<string, string>()
  const attributes: [string, unknown][] = []
  for (const [column, value] of Object.entries(fields)) {
    if (value === null || value === undefined || (typeof value === 'string' && value.trim() === '')) continue
    const meant = meaning(column)
    if (meant === 'attribute') attributes.push([column, value])
    else if ('language' in meant) names.set(meant.language, String(value))
    else {
      const earlier = best.get(meant.target)
      const wins = earlier === undefined || meant.rank < earlier.rank
      const loser = wins ? earlier : { column, value }
      if (loser !== undefined) attributes.push([loser.column, loser.value])
      if (wins) best.set(meant.target, { rank: meant.rank, column, value })
    }
  }
  return { values: new Map([...best].map(([target, { value }]) => [target, value])), names, attributes: Object.fromEntries(attributes) }
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
