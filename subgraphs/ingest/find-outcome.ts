/**
 * Finds what the processor made of one submission, by the log alone.
 *
 * An output names the source offset that it came from, and within a partition outputs lie in the order of their sources. So it can be
 * searched for as in a sorted list, however large the log is and however long the record had to wait.
 */
import { type Batch, type Log, LogError, type LogRecord, type Positions } from '#log/log.ts'

export interface OutcomeSearch {
  readonly log: Log
  readonly topic: string
  readonly partition: number
  /** the source offset that is looked for */
  readonly source: number
  /** reads the source offset of an output */
  readonly sourceOf: (value: Uint8Array) => number
  /** what the topic holds, read after the source was known to be processed */
  readonly held: { readonly earliest: Positions; readonly latest: Positions }
  /** where the output should lie by the clock, or a little later: only a guess, as clocks jump */
  readonly guess: number
}

export type Outcome =
  | { readonly found: true; readonly record: LogRecord }
  /** `certain`: there never was one. Otherwise it may have been among the records that retention removed. */
  | { readonly found: false; readonly certain: boolean }

/** Read at once from where the output should be: most receipts are asked for soon, and then this one read finds it. */
const READ_BYTES = 64 * 1024
/** A range of so many offsets is read rather than halved. */
const READABLE = 128
/** ms; far more than the reads take */
const DEADLINE_MS = 2_000

/**
 * Costs about 2 + log2(range / 128) small reads.
 * @throws LogError DEADLINE_EXCEEDED, UNAVAILABLE, CLOSED; POSITION_EXPIRED when retention overtakes the search
 */
export async function findOutcome(search: OutcomeSearch): Promise<Outcome> {
  const { source, sourceOf, partition, held } = search
  const signal = AbortSignal.timeout(DEADLINE_MS)
  // The output lies in [low, high) if anywhere.
  let low = held.earliest[partition] ?? 0
  let high = held.latest[partition] ?? 0
  // Retention removes from the front: an older output still being held proves that ours was not removed.
  let isCertain = low === 0

  const answer = (record: LogRecord): Outcome =>
    sourceOf(record.value) === source ? { found: true, record } : { found: false, certain: isCertain }

  const guess = Math.max(search.guess, low)
  if (guess < high) {
    const { records, next } = await readFrom(search, guess, READ_BYTES, signal)
    const at = indexOfSource(records, source, sourceOf)
    const record = records[at]
    if (at > 0) isCertain = true
    if (record === undefined) low = next
    else if (at === 0 && sourceOf(record.value) > source) high = guess
    else return answer(record)
  }
  while (high - low > READABLE) {
    const middle = low + Math.floor((high - low) / 2)
    const record = await firstRecord(search, middle, high, signal)
    const difference = record === undefined ? 1 : sourceOf(record.value) - source
    if (record === undefined || difference > 0) high = middle
    else if (difference === 0) return { found: true, record }
    else {
      low = record.offset + 1
      isCertain = true
    }
  }
  while (low < high) {
    const { records, next } = await readFrom(search, low, READ_BYTES, signal)
    const at = indexOfSource(records, source, sourceOf)
    if (at > 0) isCertain = true
    const record = records[at]
    if (record !== undefined) return answer(record)
    low = next
  }
  return { found: false, certain: isCertain }
}

/** The first of the records, which are in the order of their sources, that came from `source` or a later one; their number if none did. */
function indexOfSource(records: readonly LogRecord[], source: number, sourceOf: (value: Uint8Array) => number): number {
  let low = 0
  let high = records.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const record = records[middle]
    if (record !== undefined && sourceOf(record.value) < source) low = middle + 1
    else high = middle
  }
  return low
}

/** The first record in [from, end), over holes. */
async function firstRecord(search: OutcomeSearch, from: number, end: number, signal: AbortSignal): Promise<LogRecord | undefined> {
  for (let at = from; at < end; ) {
    const { records, next } = await readFrom(search, at, 1, signal)
    const [record] = records
    if (record !== undefined) return record.offset < end ? record : undefined
    at = next
  }
  return undefined
}

/** One batch from an offset below the end. */
async function readFrom(search: OutcomeSearch, offset: number, maxBytes: number, signal: AbortSignal): Promise<Batch> {
  const { log, topic, partition, held } = search
  const from = held.latest.with(partition, offset)
  for await (const batch of log.tail.read({ topic, from, partitions: [partition], maxBytes, signal })) return batch
  throw new LogError('DEADLINE_EXCEEDED', `No record of ${topic} came within ${DEADLINE_MS} ms`)
}
