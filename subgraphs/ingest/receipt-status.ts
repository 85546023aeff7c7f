/** What became of an accepted record, told from the log alone: ingest keeps nothing, so any of its processes can answer. */
import { type Log, LogError } from '#log/log.ts'
import { PoiError } from '#runtime/errors.ts'
import { decodeReceipt, encodeCursor, type Receipt } from '#schema/cursor.ts'
import { decodeDeadLetter } from '#schema/dead-letter-codec.ts'
import { sourceOf } from '#schema/poi-codec.ts'
import { PROCESSOR_GROUP, TOPICS } from '#schema/topics.ts'
import { systemFault } from '../log-failure.ts'
import { findOutcome, type Outcome } from './find-outcome.ts'
import type { ReceiptStatus } from './resolvers.generated.ts'

/** ms that the clocks of the processes and of the log may disagree before the search starts from a wrong guess, which only makes it slower */
const CLOCK_SKEW_MS = 5_000

/**
 * Answers `receipt(receipt:)`.
 *
 * `processedAs` is the cursor right behind the resulting change: in its own partition the position after it, in the others the positions
 * of the log when it was written. A subscriber that continues from there has the change behind it and misses nothing later.
 */
export type ReadReceipt = (receipt: string) => Promise<ReceiptStatus>

export function createReadReceipt({ log, cursorKey }: { readonly log: Log; readonly cursorKey: Uint8Array }): ReadReceipt {
  return async text => {
    const receipt = decodeReceipt(text, cursorKey)
    if (receipt === undefined) throw new PoiError('CURSOR_INVALID', 'The receipt was not made by this platform.')
    try {
      return await statusOf(log, receipt, cursorKey)
    } catch (error) {
      // Retention overtook the search.
      if (error instanceof LogError && error.code === 'POSITION_EXPIRED') return EXPIRED
      throw systemFault(error)
    }
  }
}

const EXPIRED: ReceiptStatus = { state: 'EXPIRED', processedAs: null, reasons: [] }

async function statusOf(log: Log, receipt: Receipt, cursorKey: Uint8Array): Promise<ReceiptStatus> {
  const { partition, offset } = receipt
  // First how far the processor is, then what it wrote: the other way round, an outcome could slip in between unseen.
  const committed = await log.topics.committed(PROCESSOR_GROUP, TOPICS.unprocessed)
  const submissions = await log.topics.positions(TOPICS.unprocessed)
  if (offset >= (submissions.latest[partition] ?? 0)) {
    throw new PoiError('CURSOR_INVALID', 'The receipt names a position that this log never had.')
  }
  if (offset >= (committed[partition] ?? 0)) return { state: 'PENDING', processedAs: null, reasons: [] }

  const change = await outcome(log, TOPICS.processed, receipt, value => sourceOf(value).offset)
  if (change.found) {
    const { kind } = sourceOf(change.record.value)
    if (kind !== 'PROGRESS') {
      const then = await log.topics.positionsAt(TOPICS.processed, change.record.time)
      const processedAs = encodeCursor(then.with(partition, change.record.offset + 1), cursorKey)
      return { state: kind === 'LATE' ? 'LATE' : 'APPLIED', processedAs, reasons: [] }
    }
  }
  const refusal = await outcome(log, TOPICS.rejected, receipt, value => decodeDeadLetter(value).source.offset)
  if (refusal.found) return { state: 'REJECTED', processedAs: null, reasons: [...decodeDeadLetter(refusal.record.value).faults] }

  // Dead letters are few, so that there is seldom an older one to prove that none was removed. They are no larger than the submissions and
  // younger, and kept as long: while the submission is held, so would be its dead letter.
  const isSubmissionHeld = offset >= (submissions.earliest[partition] ?? 0)
  const isDuplicate = (change.found || change.certain) && (refusal.certain || isSubmissionHeld)
  return isDuplicate ? { state: 'DUPLICATE', processedAs: null, reasons: [] } : EXPIRED
}

async function outcome(log: Log, topic: string, receipt: Receipt, source: (value: Uint8Array) => number): Promise<Outcome> {
  const { partition, offset, acceptedAt } = receipt
  const held = await log.topics.positions(topic)
  const guesses = await log.topics.positionsAt(topic, Math.floor(acceptedAt / 1_000) - CLOCK_SKEW_MS)
  return findOutcome({ log, topic, partition, source: offset, sourceOf: source, held, guess: guesses[partition] ?? 0 })
}
