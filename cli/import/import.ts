import type { Endpoint, PlatformError } from '../endpoint.ts'
import { type Batch, batchesOf } from './batch.ts'
import type { ImportRow, Refusal } from './row.ts'
import { submit } from './submission.ts'

/** How far an import is: everything up to `row` is judged, whatever happens next. */
export interface Judged {
  /** the last row of the contiguous, acknowledged beginning */
  readonly row: number
  readonly accepted: number
  readonly refused: number
}

export interface ImportOptions {
  readonly rows: AsyncIterable<ImportRow> | Iterable<ImportRow>
  readonly endpoint: Endpoint
  readonly signal: AbortSignal
  /** where an earlier run of the same import got to: its rows are read, but not sent again */
  readonly from?: Judged | undefined
  /** requests in flight; 4 unless told */
  readonly concurrency?: number | undefined
  /** ms to go on trying while the platform is overloaded or away; 60 s unless told */
  readonly retryForMs?: number | undefined
  /**
   * Told in row order, after everything up to `judged.row` was acknowledged: here belongs what must survive a kill.
   * `refusals` are those since the last call.
   */
  readonly onJudged?: ((judged: Judged, refusals: readonly Refusal[]) => void) | undefined
  readonly onRetry?: ((error: PlatformError) => void) | undefined
}

/** Batches acknowledged ahead of one that hangs, before reading stops. */
const WINDOW_PER_REQUEST = 4

/**
 * Sends rows through the public mutations. Several requests are in flight, but never two with the same POI: its rows arrive in the order of
 * the source. Memory is bounded by the batches in flight.
 * @returns how far it got, with every row judged
 * @throws PlatformError, CommandError of the source, or the signal's reason; what was acknowledged until then `onJudged` was told
 */
export async function importRows(options: ImportOptions): Promise<Judged> {
  const concurrency = options.concurrency ?? 4
  // One failed request ends the others.
  const failure = new AbortController()
  const signal = AbortSignal.any([options.signal, failure.signal])
  let judged: Judged = options.from ?? { row: 0, accepted: 0, refused: 0 }
  const window: { readonly batch: Batch; refusals?: readonly Refusal[] }[] = []
  const sending = new Set<Promise<void>>()
  const idsInFlight = new Set<string>()

  const judgeFinished = () => {
    for (let head = window[0]; head?.refusals !== undefined; head = window[0]) {
      window.shift()
      judged = {
        row: head.batch.lastRow,
        accepted: judged.accepted + head.batch.records.length + head.batch.refusals.length - head.refusals.length,
        refused: judged.refused + head.refusals.length,
      }
      options.onJudged?.(judged, head.refusals)
    }
  }
  const send = async (entry: (typeof window)[number]) => {
    const { records, refusals } = entry.batch
    const submitted = await submit(records, { ...options, signal, retryForMs: options.retryForMs ?? 60_000 })
    entry.refusals = [...refusals, ...submitted].sort((a, b) => a.row - b.row)
    for (const { id } of records) idsInFlight.delete(id)
    judgeFinished()
  }

  try {
    for await (const batch of batchesOf(after(options.rows, judged.row))) {
      signal.throwIfAborted()
      while (
        sending.size >= concurrency ||
        window.length >= concurrency * WINDOW_PER_REQUEST ||
        batch.records.some(({ id }) => idsInFlight.has(id))
      ) {
        await Promise.race(sending)
        signal.throwIfAborted()
      }
      for (const { id } of batch.records) idsInFlight.add(id)
      const entry = { batch }
      window.push(entry)
      const request: Promise<void> = send(entry)
        .catch(error => failure.abort(error))
        .finally(() => sending.delete(request))
      sending.add(request)
    }
    await Promise.all(sending)
    failure.signal.throwIfAborted()
    return judged
  } catch (error) {
    failure.abort(error)
    await Promise.all(sending)
    throw error
  }
}

async function* after(rows: AsyncIterable<ImportRow> | Iterable<ImportRow>, row: number): AsyncGenerator<ImportRow> {
  for await (const next of rows) if (next.row > row) yield next
}
