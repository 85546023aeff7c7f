import type { ImportRow, Refusal } from './row.ts'
import { tooLarge } from './unreadable.ts'

/** A record that will be sent, as JSON already. */
export interface BatchRecord {
  readonly row: number
  readonly line?: number
  readonly id: string
  readonly json: string
}

/** Consecutive rows: what of them is sent in one mutation, and what is refused before. */
export interface Batch {
  readonly lastRow: number
  readonly records: readonly BatchRecord[]
  readonly refusals: readonly Refusal[]
}

/** The platform takes 1,000 records and 1 MB in one request; the rest is the query and room for a gateway's headers. */
export const BATCH_LIMITS = { records: 1_000, bytes: 900_000 } as const

/** Gathers rows into batches. Memory is bounded by one batch. */
export async function* batchesOf(
  rows: AsyncIterable<ImportRow> | Iterable<ImportRow>,
  limits: { readonly records: number; readonly bytes: number } = BATCH_LIMITS,
): AsyncGenerator<Batch> {
  let records: BatchRecord[] = []
  let refusals: Refusal[] = []
  let bytes = 0
  let lastRow = 0
  const take = (): Batch => {
    const batch = { lastRow, records, refusals }
    records = []
    refusals = []
    bytes = 0
    return batch
  }
  for await (const row of rows) {
    if (!('input' in row)) refusals.push(row)
    else {
      const { input, ...place } = row
      const json = JSON.stringify(input)
      const size = Buffer.byteLength(json) + 1 // and its comma
      if (size > limits.bytes) refusals.push({ ...place, id: input.id, faults: [tooLarge()] })
      else {
        if (bytes + size > limits.bytes) yield take()
        records.push({ ...place, id: input.id, json })
        bytes += size
      }
    }
    lastRow = row.row
    if (records.length >= limits.records || refusals.length >= limits.records) yield take()
  }
  if (records.length > 0 || refusals.length > 0) yield take()
}
