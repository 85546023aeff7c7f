import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import type { Batch, Log, LogRecord, NewRecord } from './log.ts'

export const bytes = (value: string): Uint8Array => new TextEncoder().encode(value)
export const text = (value: Uint8Array | null | undefined): string => (value == null ? '' : Buffer.from(value).toString())
export const ascending = (a: number, b: number) => a - b
export const record = (partition: number, value: string): NewRecord => ({ partition, key: bytes(`key-${partition}`), value: bytes(value) })

/** Appends the values `from..to-1`, in turn to each partition, ten at a time. */
export const append = async (log: Log, topic: string, from: number, to: number): Promise<void> => {
  const partitions = (await log.topics.positions(topic)).latest.length
  for (let first = from; first < to; first += 10) {
    const numbers = Array.from({ length: Math.min(10, to - first) }, (_, index) => first + index)
    await log.appender.append(
      topic,
      numbers.map(number => record(number % partitions, `${number}`)),
    )
  }
}

export const read = (t: TestContext, log: Log, request: Omit<Parameters<Log['tail']['read']>[0], 'signal'>): AsyncIterator<Batch> => {
  const abort = new AbortController()
  t.after(() => abort.abort())
  return log.tail.read({ ...request, signal: abort.signal })[Symbol.asyncIterator]()
}

export const nextBatch = async (tail: AsyncIterator<Batch>): Promise<Batch> => {
  const { value, done } = await tail.next()
  assert.ok(done !== true, 'the tail has ended')
  return value
}

export const readUntil = async (
  log: Log,
  topic: string,
  enough: (record: LogRecord & { readonly partition: number }) => boolean,
): Promise<void> => {
  for await (const { partition, records } of log.tail.read({ topic, from: 'earliest', signal: AbortSignal.timeout(30_000) })) {
    for (const record of records) if (enough({ ...record, partition })) return
  }
  assert.fail('the records did not come in time')
}

export const takeWithPartitions = async (log: Log, topic: string, wanted: number) => {
  const records: (LogRecord & { readonly partition: number })[] = []
  if (wanted > 0) await readUntil(log, topic, record => records.push(record) >= wanted)
  return records
}

export const take = (log: Log, topic: string, wanted: number): Promise<LogRecord[]> => takeWithPartitions(log, topic, wanted)
export const values = async (log: Log, topic: string, wanted: number) => (await take(log, topic, wanted)).map(({ value }) => text(value))
