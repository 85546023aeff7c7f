import type { Fault, Location, Micros, PoiStatus } from './poi.ts'

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
