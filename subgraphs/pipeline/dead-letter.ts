import type { Batch, LogRecord } from '#log/log.ts'
import { encodeDeadLetter } from '#schema/dead-letter-codec.ts'
import type { Fault } from '#schema/poi.ts'
import type { Measure } from './transform.ts'

/** The refused record as it goes to the rejected topic: its bytes as they came, where and when, and every reason. */
export function deadLetterOf(
  record: LogRecord,
  from: Pick<Batch, 'topic' | 'partition'>,
  faults: readonly Fault[],
  { now, rules }: Measure,
): Uint8Array {
  return encodeDeadLetter({
    source: { topic: from.topic, partition: from.partition, offset: record.offset, time: record.time },
    key: record.key,
    value: record.value,
    faults,
    rulesVersion: rules.version,
    attempt: 1,
    rejectedAt: now,
  })
}
