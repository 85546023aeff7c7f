/** Submissions become durable: one append for everything that a mutation accepted, and a receipt for each record. */
import type { Counter } from 'prom-client'
import { type Log, LogError, type NewRecord } from '#log/log.ts'
import { encodeReceipt } from '#schema/cursor.ts'
import { partitionOf } from '#schema/partition.ts'
import { encodeSubmission } from '#schema/poi-codec.ts'
import { TOPICS } from '#schema/topics.ts'
import type { Judged } from './judge.ts'
import { systemFault } from './log-failure.ts'
import type { SubmitPoiResult } from './resolvers.generated.ts'

export interface AcceptOptions {
  readonly log: Log
  readonly partitions: number
  /** signs the receipts */
  readonly cursorKey: Uint8Array
  /** ms an append may take before it fails with DEADLINE_EXCEEDED */
  readonly appendDeadlineMs: number
  /** by `transport` and `outcome` */
  readonly records: Counter<'transport' | 'outcome'>
  /** by `reason` */
  readonly shed: Counter<'reason'>
}

/**
 * Appends what was judged good and answers every record in its order. Either all good records are durable when it resolves, or none is
 * known to be and it throws.
 * @throws PoiError OVERLOADED, DEADLINE_EXCEEDED, BROKER_UNAVAILABLE, PAYLOAD_TOO_LARGE
 */
export type Accept = (judged: readonly Judged[]) => Promise<readonly SubmitPoiResult[]>

const TRANSPORT = 'graphql'
const keyBytes = new TextEncoder()

export function createAccept({ log, partitions, cursorKey, appendDeadlineMs, records, shed }: AcceptOptions): Accept {
  const append = async (accepted: readonly NewRecord[]) => {
    try {
      return await log.appender.append(TOPICS.unprocessed, accepted, { deadlineMs: appendDeadlineMs })
    } catch (error) {
      const isShed = error instanceof LogError && error.code === 'OVERLOADED'
      if (isShed) shed.inc({ reason: 'log_full' }, accepted.length)
      records.inc({ transport: TRANSPORT, outcome: isShed ? 'shed' : 'failed' }, accepted.length)
      throw systemFault(error)
    }
  }

  return async judged => {
    const results: SubmitPoiResult[] = new Array(judged.length)
    const accepted: NewRecord[] = []
    /** for each accepted record, its place among the results, its id and when */
    const places: { readonly index: number; readonly id: string; readonly acceptedAt: number }[] = []
    judged.forEach((verdict, index) => {
      if (!verdict.ok) {
        results[index] = { __typename: 'PoiRefused', id: verdict.id, faults: verdict.faults }
        return
      }
      const { id } = verdict.submission.record
      accepted.push({ partition: partitionOf(id, partitions), key: keyBytes.encode(id), value: encodeSubmission(verdict.submission) })
      places.push({ index, id, acceptedAt: verdict.submission.acceptedAt ?? 0 })
    })
    if (judged.length > accepted.length) records.inc({ transport: TRANSPORT, outcome: 'refused' }, judged.length - accepted.length)
    if (accepted.length === 0) return results

    const positions = await append(accepted)
    records.inc({ transport: TRANSPORT, outcome: 'accepted' }, accepted.length)
    places.forEach(({ index, id, acceptedAt }, nth) => {
      const position = positions[nth]
      if (position === undefined) throw new Error(`The log answered ${positions.length} positions for ${accepted.length} records`)
      results[index] = { __typename: 'PoiAccepted', id, receipt: encodeReceipt({ ...position, acceptedAt }, cursorKey), acceptedAt }
    })
    return results
  }
}
