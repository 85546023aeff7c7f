import { decodeProcessed, encodeProcessed, encodeSubmission } from '#schema/poi-codec.ts'
import type { StoredChange } from './projection.ts'

/** A record of `poi-processed-topic` as a store takes it. */
export type StoreEntry =
  /** how far the source is processed once this is applied, and the change, if it brought one */
  { readonly source: number; readonly change: StoredChange | null }

/**
 * Decodes one record. A picture is taken out of it: pictures are kept once, by content.
 * @throws Error when it is no processed record: only the platform writes that topic, so nothing may be skipped
 */
export function storeEntryOf(value: Uint8Array): StoreEntry {
  const entry = decodeProcessed(value)
  if (entry.type === 'progress') return { source: entry.source.offset + 1, change: null }
  const { poi, image } = entry
  const source = poi.source.offset + 1
  if (image === null) return { source, change: { poi, record: value, image } }
  const { operation, eventId, acceptedAt } = poi
  const withoutImage = encodeSubmission({ operation, eventId, acceptedAt, record: { ...poi, image: null } })
  return { source, change: { poi, record: encodeProcessed(withoutImage, poi), image } }
}
