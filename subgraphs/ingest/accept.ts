/** Submissions become durable: one append for everything that a mutation accepted. */
import type { Counter } from 'prom-client'
import { type Log, LogError, type NewRecord, type Position } from '#log/log.ts'
import { partitionOf } from '#schema/partition.ts'
import type { Fault, Micros } from '#schema/poi.ts'
import { encodeSubmission } from '#schema/poi-codec.ts'
import { TOPICS } from '#schema/topics.ts'
import { systemFault } from '../log-failure.ts'
import type { Judged } from './judge.ts'

/** A record that is durable in the log. Its receipt is made when a client asks for it: signing costs more than the rest of the answer. */
export interface Accepted {
  readonly __typename: 'PoiAccepted'
  readonly id: string
  readonly position: Position
  readonly acceptedAt: Micros
}

export interface Refused {
  readonly __typename: 'PoiRefused'
  readonly id: string
  readonly faults: readonly Fault[]
}

export interface AcceptOptions {
  readonly log: Log
  readonly partitions: number
  /** ms an append may take before it fails with DEADLINE_EXCEEDED */
  readonly appendDeadlineMs: number
  readonly records: Counter<'transport' | 'outcome'>
  readonly shed: Counter<'reason'>
  /** Told of every append: what it failed with, or undefined. */
  readonly onAppended: (failure: unknown) => void
}

/**
 * Appends what was judged good and answers every record in its order. Either all good records are durable when it resolves, or none is
 * known to be and it throws.
 * @param now when they are accepted
 * @throws PoiError OVERLOADED, DEADLINE_EXCEEDED, BROKER_UNAVAILABLE, DISK_FULL, PAYLOAD_TOO_LARGE
 */
export type Accept = (judged: readonly Judged[], now: Micros) => Promise<readonly (Accepted | Refused)[]>

const TRANSPORT = 'graphql'
const OUTCOMES = ['accepted', 'refused', 'shed', 'failed'] as const
const LOG_FULL = 'log_full'
const utf8 = new TextEncoder()

export function createAccept({ log, partitions, appendDeadlineMs, records, shed, onAppended }: AcceptOptions): Accept {
  const count = (outcome: (typeof OUTCOMES)[number], amount: number) => records.inc({ transport: TRANSPORT, outcome }, amount)
  // Series that begin at 0: the first refusal is a rise that an alert sees.
  for (const outcome of OUTCOMES) count(outcome, 0)
  shed.inc({ reason: LOG_FULL }, 0)
  const append = async (accepted: readonly NewRecord[]): Promise<readonly Position[]> => {
    if (accepted.length === 0) return []
    try {
      const positions = await log.appender.append(TOPICS.unprocessed, accepted, { deadlineMs: appendDeadlineMs })
      onAppended(undefined)
      return positions
    } catch (error) {
      onAppended(error)
      const isShed = error instanceof LogError && error.code === 'OVERLOADED'
      if (isShed) shed.inc({ reason: LOG_FULL }, accepted.length)
      count(isShed ? 'shed' : 'failed', accepted.length)
      throw systemFault(error)
    }
  }

  return async (judged, now) => {
    const accepted: NewRecord[] = []
    for (const verdict of judged) {
      if (!verdict.ok) continue
      const { id } = verdict.submission.record
      accepted.push({ partition: partitionOf(id, partitions), key: utf8.encode(id), value: encodeSubmission(verdict.submission) })
    }
    count('refused', judged.length - accepted.length)
    const positions = await append(accepted)
    count('accepted', accepted.length)

    const inOrder = positions.values()
    return judged.map(verdict => {
      if (!verdict.ok) return { __typename: 'PoiRefused', id: verdict.id, faults: verdict.faults }
      const { value: position } = inOrder.next()
      if (position === undefined) throw new Error(`The log answered ${positions.length} positions for ${accepted.length} records`)
      return { __typename: 'PoiAccepted', id: verdict.submission.record.id, position, acceptedAt: now }
    })
  }
}
