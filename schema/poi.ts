/** The domain: what the platform knows about a point of interest, as plain readonly values. Pure types; parsers and codecs live beside it. */

/** µs since 1970 as a safe integer (good until the year 2255). Event times, revisions and clocks use it. */
export type Micros = number

export interface Location {
  /** degrees, -90 to 90 */
  readonly latitude: number
  /** degrees, -180 to 180 */
  readonly longitude: number
}

export const POI_STATUSES = ['OPEN', 'TEMPORARILY_CLOSED', 'CLOSED', 'UNKNOWN'] as const
export type PoiStatus = (typeof POI_STATUSES)[number]

export const CHANGE_KINDS = ['CREATED', 'UPDATED', 'REMOVED', 'LATE'] as const
export type ChangeKind = (typeof CHANGE_KINDS)[number]

/** What can be wrong with a record. */
export const FAULT_CODES = [
  'MISSING',
  'NOT_A_NUMBER',
  'OUT_OF_RANGE',
  'TOO_LONG',
  'TOO_LARGE',
  'BAD_FORMAT',
  'IN_THE_FUTURE',
  'RULE',
] as const
export type FaultCode = (typeof FAULT_CODES)[number]

/** One thing wrong with a record: where, and in words what was wanted and what came. */
export interface Fault {
  /** path of the field, `location.latitude`; null when the whole record is meant */
  readonly field: string | null
  readonly code: FaultCode
  readonly message: string
}

/** What a producer says of a POI, parsed, not yet judged. */
export interface PoiRecord {
  readonly id: string
  readonly sourceId: string | null
  readonly name: string
  /** names by BCP 47 language tag */
  readonly names: Readonly<Record<string, string>> | null
  /** `/` separates the levels: `amenity/cafe` */
  readonly category: string
  readonly description: string | null
  readonly location: Location
  readonly status: PoiStatus
  /** event time: when this was true in the world */
  readonly timestamp: Micros
  readonly attributes: unknown
  readonly image: Uint8Array | null
}

/** A record on its way in: the producer's statement and what the platform adds when it accepts it. */
export interface Submission {
  readonly operation: 'UPSERT' | 'REMOVE'
  /** For REMOVE only id, sourceId and timestamp mean something. */
  readonly record: PoiRecord
  /** the client's idempotency key, or a hash of (source, id, timestamp, payload) */
  readonly eventId: string
  /** when the platform accepted it; null for records that other producers wrote into the log themselves */
  readonly acceptedAt: Micros | null
}

/** What the processor made of one accepted record: a line of `poi-processed-topic`. */
export interface ProcessedPoi extends Omit<PoiRecord, 'image'> {
  readonly eventId: string
  readonly kind: ChangeKind
  /** 1, 2, 3, ... per POI: one per accepted current state. A LATE record carries the version that stays current. */
  readonly version: number
  /** hybrid logical clock: strictly rising per POI, raised by every judgement; it alone guards every sink */
  readonly revision: Micros
  /** the current state after this change is "removed". A LATE record that was itself a removal says so in `operation`. */
  readonly operation: 'UPSERT' | 'REMOVE'
  /** where the POI was before; null when it is new */
  readonly previousLocation: Location | null
  /** where in `poi-unprocessed-topic` the record came from */
  readonly source: { readonly partition: number; readonly offset: number }
  readonly rulesVersion: number
  readonly acceptedAt: Micros | null
  readonly processedAt: Micros
  /** ids of rules that warned */
  readonly warnings: readonly string[]
  /** lower-case hex SHA-256 of the image; the bytes travel in the record and live in the store's blob table */
  readonly imageHash: string | null
}

/** One record of `poi-processed-topic`. */
export type ProcessedEntry =
  | { readonly type: 'change'; readonly poi: ProcessedPoi; readonly image: Uint8Array | null }
  /** Inputs that yield no output (duplicates, dead letters) leave this, so that readers know how far the source is processed. */
  | { readonly type: 'progress'; readonly source: { readonly partition: number; readonly offset: number } }
