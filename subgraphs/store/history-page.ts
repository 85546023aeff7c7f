/** Pages of one POI's history, with what each record changed. */
import { isDeepStrictEqual } from 'node:util'
import type { ProcessedPoi } from '#schema/poi.ts'
import { decodePageCursor, encodePageCursor } from './page-cursor.ts'
import type { Records } from './records.ts'

/** A record, and which fields differ from the one before it in event time. */
export interface PoiVersion {
  readonly poi: ProcessedPoi
  readonly changed: readonly string[]
}

export interface HistoryPage {
  readonly edges: readonly { readonly cursor: string; readonly node: PoiVersion }[]
  readonly hasMore: boolean
  readonly hasBefore: boolean
}

/** @throws PoiError BAD_USER_INPUT when the cursor is none of this POI's history */
export async function readHistoryPage(
  { records, cursorKey }: { readonly records: Records; readonly cursorKey: Uint8Array },
  { id, first, after }: { readonly id: string; readonly first: number; readonly after: string | null },
): Promise<HistoryPage> {
  const scope = JSON.stringify(['history', id])
  const place = after === null ? null : decodePageCursor(after, scope, cursorKey)
  const key = place && { eventTime: Number(place[0]), revision: Number(place[1]) }
  // One more than the page: the last of the page is compared with it.
  const pois = await records.history(id, { first: first + 1, after: key })
  return {
    edges: pois.slice(0, first).map((poi, i) => ({
      cursor: encodePageCursor([poi.timestamp, poi.revision], scope, cursorKey),
      node: { poi, changed: changedFields(pois[i + 1], poi) },
    })),
    hasMore: pois.length > first,
    hasBefore: after !== null,
  }
}

const FIELDS = {
  sourceId: poi => poi.sourceId,
  name: poi => poi.name,
  names: poi => poi.names,
  category: poi => poi.category,
  description: poi => poi.description,
  location: poi => poi.location,
  status: poi => poi.status,
  attributes: poi => poi.attributes,
  imageUrl: poi => poi.imageHash,
  removed: poi => poi.operation === 'REMOVE',
} as const satisfies Record<string, (poi: ProcessedPoi) => unknown>

/** Nothing for the first record of all: there is none that it could differ from. */
export function changedFields(before: ProcessedPoi | undefined, poi: ProcessedPoi): string[] {
  if (before === undefined) return []
  return Object.entries(FIELDS).flatMap(([field, read]) => (isDeepStrictEqual(read(before), read(poi)) ? [] : [field]))
}
