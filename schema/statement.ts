import { hash } from 'node:crypto'
import { eventIdOf } from './event-id.ts'
import type { Fault, Location, Micros, PoiRecord, PoiStatus, Submission } from './poi.ts'
import { BOUNDS, checkForm, faultsOf } from './poi-bounds.ts'
import { bufferOf } from './protobuf.ts'

// Enough to mend a record by; a hostile one could have thousands.
const MAX_FAULTS = 100

/**
 * What a submission says, whatever the format it came in: the common ground of the readers of JSON and protobuf. Texts left out are empty;
 * faults tell what could not be read.
 */
export interface Statement {
  readonly id: string
  readonly sourceId: string
  readonly name: string
  readonly names: Readonly<Record<string, string>> | null
  readonly category: string
  readonly description: string
  /** null when left out */
  readonly location: Location | null
  readonly status: PoiStatus
  /** null when left out */
  readonly timestamp: Micros | null
  readonly attributes: unknown
  readonly image: Uint8Array | null
  readonly operation: 'UPSERT' | 'REMOVE'
  readonly eventId: string
  readonly acceptedAt: Micros | null
  readonly faults: Fault[]
}

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

/** The submission that a statement makes, or everything that is wrong with its form. */
export function submissionOf(statement: Statement, { time, key }: SubmissionDefaults): DecodedSubmission {
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
function faultsOfForm({ operation, eventId, location, faults }: Statement, record: PoiRecord): Fault[] {
  const all = [...faults]
  const isBlamed = (field: string): boolean => faults.some(fault => fault.field === field)
  const miss = (field: string, wanted: string): unknown =>
    isBlamed(field) || all.push({ field, code: 'MISSING', message: `Wanted ${wanted}; came nothing.` })
  checkForm(all, 'eventId', eventId)
  if (record.id === '') miss('id', `1 to ${BOUNDS.id} characters`)
  if (operation === 'REMOVE') return all
  if (record.name === '') miss('name', `1 to ${BOUNDS.name} characters`)
  if (record.category === '') miss('category', `1 to ${BOUNDS.category} characters`)
  if (location === null) miss('location', 'latitude and longitude')
  return all
}

/** The key of a record as an id; null when it cannot be one. */
export function keyText(key: Uint8Array | null | undefined): string | null {
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
