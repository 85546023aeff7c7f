/**
 * One batch, judged record by record into one transaction of the log. Whatever a record holds, it stops nothing: what cannot be accepted
 * becomes a dead letter. What the log throws passes through, since no record is to blame for it.
 */
import type { Batch, LogRecord, Tx } from '#log/log.ts'
import type { Logger } from '#runtime/logger.ts'
import type { Micros, ProcessedPoi } from '#schema/poi.ts'
import { decodeSubmission, encodeProcessed, encodeProgress } from '#schema/poi-codec.ts'
import { TOPICS } from '#schema/topics.ts'
import { deadLetterOf } from './dead-letter.ts'
import { decodePoiState, encodePoiState } from './poi-state-codec.ts'
import { addOne, type Tally } from './processor-metrics.ts'
import { type Arrival, arrive, judge, type Measure, type Verdict } from './transform.ts'

export interface TransactionWork {
  readonly batch: Batch
  readonly tx: Tx
  readonly measure: Measure
  /** filled on the way */
  readonly tally: Tally
  readonly logger: Logger
}

type Refusal = Extract<Verdict, { type: 'REJECTED' }>

/** A change as it goes into the log. */
interface Written {
  readonly type: 'WRITTEN'
  readonly poi: ProcessedPoi
  readonly value: Uint8Array
  readonly state: Uint8Array
}

export function processBatch(work: TransactionWork): void {
  const { batch, tx } = work
  let isTold = true
  for (const record of batch.records) isTold = processRecord(record, work)
  const last = batch.records.at(-1)
  // Readers of the output learn from its newest record how far the input is processed: no batch ends in silence.
  if (last !== undefined && !isTold) tx.append(TOPICS.processed, null, encodeProgress({ partition: batch.partition, offset: last.offset }))
}

/** @returns whether the processed topic tells of it */
function processRecord(record: LogRecord, work: TransactionWork): boolean {
  const { batch, tx, measure, tally } = work
  const arrival = read(record, work)
  const outcome = arrival.type === 'ARRIVAL' ? write(record, arrival, work) : arrival
  switch (outcome.type) {
    case 'WRITTEN': {
      const { poi, value, state } = outcome
      tx.append(TOPICS.processed, Buffer.from(poi.id), value)
      tx.put(poi.id, state)
      addOne(tally.outcomes, poi.kind)
      for (const rule of poi.warnings) addOne(tally.warnings, rule)
      tally.accepted.push(poi.acceptedAt ?? appendedAt(record))
      return true
    }
    case 'DUPLICATE':
      addOne(tally.outcomes, 'DUPLICATE')
      return false
    case 'REJECTED':
      tx.append(TOPICS.rejected, record.key, deadLetterOf(record, batch, outcome.faults, measure))
      addOne(tally.outcomes, 'REJECTED')
      addOne(tally.deadLetters, outcome.faults[0]?.code ?? 'BAD_FORMAT')
      return false
    default:
      return outcome satisfies never
  }
}

function read(record: LogRecord, { batch, logger }: TransactionWork): Arrival | Refusal {
  return totally(logger, () => {
    const decoded = decodeSubmission(record.value, { time: appendedAt(record), key: record.key })
    if (!decoded.ok) return { type: 'REJECTED', faults: decoded.faults }
    return arrive(decoded.submission, { partition: batch.partition, offset: record.offset })
  })
}

function write(
  record: LogRecord,
  arrival: Arrival,
  { tx, measure, logger }: TransactionWork,
): Written | Exclude<Verdict, { type: 'CHANGE' }> {
  const remembered = tx.get(arrival.submission.record.id)
  const state = remembered === undefined ? undefined : decodePoiState(remembered)
  return totally(logger, () => {
    const verdict = judge(arrival, state, measure)
    if (verdict.type !== 'CHANGE') return verdict
    return { type: 'WRITTEN', poi: verdict.poi, value: encodeProcessed(record.value, verdict.poi), state: encodePoiState(verdict.state) }
  })
}

/** A record that breaks our own code would come again for ever. It is refused like any other bad one, and the operator is told. */
function totally<Result>(logger: Logger, attempt: () => Result): Result | Refusal {
  try {
    return attempt()
  } catch (error) {
    logger.error({ err: error }, 'A record broke the processor; it became a dead letter')
    return { type: 'REJECTED', faults: [{ field: null, code: 'BAD_FORMAT', message: 'The processor cannot handle this record.' }] }
  }
}

const appendedAt = (record: LogRecord): Micros => record.time * 1_000
