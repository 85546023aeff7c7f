/** The one parser of what a client submits through GraphQL: every fault of the record at once. */
import { decodeBase64 } from './base64.ts'
import { normalise } from './normalise.ts'
import type { Fault, Location, Micros, PoiRecord, PoiStatus } from './poi.ts'
import { BOUNDS, faultsOf, shown } from './poi-bounds.ts'

/** GraphQL's PoiInput, as its scalars and the type system leave it. */
export interface PoiInput {
  readonly id: string
  readonly sourceId?: string | null | undefined
  readonly name: string
  readonly names?: unknown
  readonly category: string
  readonly description?: string | null | undefined
  readonly location: Location
  readonly timestamp: Micros
  readonly status?: PoiStatus | null | undefined
  readonly imageBase64?: string | null | undefined
  readonly attributes?: unknown
}

export interface RemovalInput {
  readonly id: string
  readonly sourceId?: string | null | undefined
  readonly timestamp: Micros
}

/** A normalised record within its bounds, or every reason why not. */
export type ParsedInput =
  | { readonly ok: true; readonly record: PoiRecord }
  | { readonly ok: false; readonly id: string; readonly faults: readonly Fault[] }

/** `now` is the clock of the one who accepts. */
export function parsePoiInput(input: PoiInput, now: Micros): ParsedInput {
  const faults: Fault[] = []
  const record = normalise({
    id: input.id,
    sourceId: input.sourceId ?? null,
    name: input.name,
    names: namesOf(input.names, faults),
    category: input.category,
    description: input.description ?? null,
    location: { latitude: input.location.latitude, longitude: input.location.longitude },
    status: input.status ?? 'OPEN',
    timestamp: input.timestamp,
    attributes: input.attributes ?? null,
    image: imageOf(input.imageBase64 ?? null, faults),
  })
  faults.push(...faultsOf(record, now))
  return faults.length === 0 ? { ok: true, record } : { ok: false, id: record.id, faults }
}

/** A removal: only id, source and time mean something; the rest is empty. */
export function parseRemoval(input: RemovalInput, now: Micros): ParsedInput {
  const record = normalise({
    id: input.id,
    sourceId: input.sourceId ?? null,
    name: '',
    names: null,
    category: '',
    description: null,
    location: { latitude: 0, longitude: 0 },
    status: 'UNKNOWN',
    timestamp: input.timestamp,
    attributes: null,
    image: null,
  })
  const faults = faultsOf(record, now, 'REMOVE')
  return faults.length === 0 ? { ok: true, record } : { ok: false, id: record.id, faults }
}

function namesOf(names: unknown, faults: Fault[]): Readonly<Record<string, string>> | null {
  if (names === null || names === undefined) return null
  if (typeof names !== 'object' || Array.isArray(names)) {
    faults.push({ field: 'names', code: 'BAD_FORMAT', message: `Wanted an object of language tag to name; came ${shown(names)}.` })
    return null
  }
  const entries: [string, string][] = []
  for (const [tag, name] of Object.entries(names)) {
    if (typeof name === 'string') entries.push([tag, name])
    else if (faults.length < BOUNDS.names)
      faults.push({ field: `names.${tag.slice(0, BOUNDS.languageTag)}`, code: 'BAD_FORMAT', message: `Wanted text; came ${shown(name)}.` })
  }
  return Object.fromEntries(entries)
}

function imageOf(text: string | null, faults: Fault[]): Uint8Array | null {
  if (text === null || text === '') return null
  const bytes = decodeBase64(text)
  if (bytes === undefined) faults.push({ field: 'imageBase64', code: 'BAD_FORMAT', message: `Wanted base64; came ${shown(text)}.` })
  return bytes ?? null
}
