import type { Fault, PoiStatus } from '#schema/poi.ts'

/** `PoiInput` of the public schema as it goes over the wire. */
export interface PoiInput {
  readonly id: string
  readonly sourceId?: string
  readonly name: string
  readonly names?: Readonly<Record<string, string>>
  readonly category: string
  readonly description?: string
  readonly location: { readonly latitude: number; readonly longitude: number }
  /** RFC 3339 */
  readonly timestamp: string
  readonly status?: PoiStatus
  readonly imageBase64?: string
  readonly attributes?: Readonly<Record<string, unknown>>
}

/** Where a row stands in its source. The same source always gives the same rows the same numbers: a resumed import relies on it. */
export interface RowPlace {
  /** from 1; a CSV header is not a row, blank lines neither */
  readonly row: number
  /** the physical line, from 1, where the format has lines */
  readonly line?: number
}

/** A row as it was read: fields by the names that the source gave them, or why it cannot be read. */
export type SourceRow = RowPlace & ({ readonly fields: Readonly<Record<string, unknown>> } | { readonly unreadable: Fault })

/** A row ready to be sent, or everything that is wrong with it. */
export type ImportRow = RowPlace & ({ readonly input: PoiInput } | RefusedRow)

interface RefusedRow {
  /** where the row has one */
  readonly id: string | null
  readonly faults: readonly Fault[]
}

/** A row that was not accepted, with every fault, as the error report tells it. */
export type Refusal = RowPlace & RefusedRow
