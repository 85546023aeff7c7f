import type { Micros } from '#schema/poi.ts'
import { parsePoiInput } from '#schema/poi-input.ts'
import { parseInstant } from '#schema/time.ts'
import type { Judged } from './import.ts'
import type { ImportRow, Refusal } from './row.ts'

/** Judges every row by the rules that the platform accepts records by, and sends nothing. */
export async function dryRun(
  rows: AsyncIterable<ImportRow> | Iterable<ImportRow>,
  options: {
    readonly now: Micros
    readonly signal: AbortSignal
    readonly onJudged: (judged: Judged, refusals: readonly Refusal[]) => void
  },
): Promise<Judged> {
  let judged: Judged = { row: 0, accepted: 0, refused: 0 }
  for await (const row of rows) {
    options.signal.throwIfAborted()
    const refusal = refusalOf(row, options.now)
    const { accepted, refused } = judged
    judged = { row: row.row, accepted: accepted + (refusal === undefined ? 1 : 0), refused: refused + (refusal === undefined ? 0 : 1) }
    options.onJudged(judged, refusal === undefined ? [] : [refusal])
  }
  return judged
}

function refusalOf(row: ImportRow, now: Micros): Refusal | undefined {
  if (!('input' in row)) return row
  const { input, ...place } = row
  const parsed = parsePoiInput({ ...input, timestamp: parseInstant(input.timestamp) ?? now }, now)
  return parsed.ok ? undefined : { ...place, id: input.id, faults: parsed.faults }
}
