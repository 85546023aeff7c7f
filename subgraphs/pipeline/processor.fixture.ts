/** For tests: a processor at work on a log in a directory of its own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { Registry } from 'prom-client'
import { openSqliteLog } from '#log/log.sqlite.ts'
import type { Log, NewRecord, Position } from '#log/log.ts'
import { createLogger } from '#runtime/logger.ts'
import { type DeadLetter, decodeDeadLetter } from '#schema/dead-letter-codec.ts'
import { partitionOf } from '#schema/partition.ts'
import type { PoiRecord, ProcessedEntry, Submission } from '#schema/poi.ts'
import { decodeProcessed, encodeSubmission } from '#schema/poi-codec.ts'
import { TOPICS } from '#schema/topics.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import { runProcessor } from './processor.ts'
import { compileRules } from './rules.ts'

/** 2024-07-01T12:00:00Z in µs */
export const NOON = 1_719_835_200_000_000
export const SECOND = 1_000_000

export const PARTITIONS = 3

export const cafe = (over: Partial<PoiRecord> = {}): PoiRecord => ({
  id: 'cafe-1',
  sourceId: 'osm',
  name: 'Café Central',
  names: null,
  category: 'amenity/cafe',
  description: null,
  location: { latitude: 48.2104, longitude: 16.3655 },
  status: 'OPEN',
  timestamp: NOON,
  attributes: null,
  image: null,
  ...over,
})

export const upsert = (record: PoiRecord, eventId: string): Submission => ({ operation: 'UPSERT', record, eventId, acceptedAt: NOON })
export const removal = (record: PoiRecord, eventId: string): Submission => ({ operation: 'REMOVE', record, eventId, acceptedAt: NOON })

/** A submission where the platform would put it. */
export const placed = (submission: Submission): NewRecord => ({
  partition: partitionOf(submission.record.id, PARTITIONS),
  key: Buffer.from(submission.record.id),
  value: encodeSubmission(submission),
})

/** A file for a log, gone after the test. */
export async function temporaryLogFile(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'poi-processor-'))
  t.after(() => rm(directory, { recursive: true, force: true }))
  return join(directory, 'log.db')
}

export const ensureTopics = (log: Log): Promise<void> =>
  log.topics.ensure([TOPICS.unprocessed, TOPICS.processed, TOPICS.rejected].map(name => ({ name, partitions: PARTITIONS })))

export interface RunningProcessor extends AsyncDisposable {
  readonly log: Log
  readonly registry: Registry
  /** Settles as the processor does. */
  readonly ended: Promise<void>
  /** Ends the processor in order; the log stays open. */
  readonly stop: () => Promise<void>
  readonly submit: (records: readonly NewRecord[]) => Promise<readonly Position[]>
  /** Resolves once everything submitted so far is processed. */
  readonly caughtUp: () => Promise<void>
}

/**
 * Opens the log and runs the processor on it. Disposing ends the processor, then the log.
 * @param wrap puts something between the processor and the log
 */
export async function startProcessor(path: string, wrap: (log: Log) => Log = log => log): Promise<RunningProcessor> {
  const log = await openSqliteLog({ path })
  await ensureTopics(log)
  const stop = new AbortController()
  const registry = new Registry()
  const running = runProcessor({
    log: wrap(log),
    rules: compileRules(DEFAULT_RULES),
    clock: () => NOON,
    registry,
    logger: createLogger({ service: 'test', level: 'silent' }),
    signal: stop.signal,
  })
  running.catch(() => {}) // whoever wants to know awaits `ended`
  return {
    log,
    registry,
    ended: running,
    async stop() {
      stop.abort()
      await running
    },
    submit: records => log.appender.append(TOPICS.unprocessed, records),
    caughtUp: () => caughtUp(log),
    async [Symbol.asyncDispose]() {
      stop.abort()
      await Promise.allSettled([running])
      await log[Symbol.asyncDispose]()
    },
  }
}

/**
 * The newest record of each partition's output tells how far its input is processed: that is what progress records are for.
 * @throws Error when nothing tells so for 10 s
 */
export async function caughtUp(log: Log): Promise<void> {
  const { latest } = await log.topics.positions(TOPICS.unprocessed)
  const left = new Set(latest.flatMap((end, partition) => (end > 0 ? [partition] : [])))
  if (left.size === 0) return
  const stop = new AbortController()
  const signal = AbortSignal.any([stop.signal, AbortSignal.timeout(10_000)])
  for await (const batch of log.tail.read({ topic: TOPICS.processed, from: 'earliest', signal })) {
    for (const { value } of batch.records) {
      const entry = decodeProcessed(value)
      const { offset } = entry.type === 'change' ? entry.poi.source : entry.source
      if (offset + 1 >= (latest[batch.partition] ?? 0)) left.delete(batch.partition)
    }
    if (left.size === 0) return stop.abort()
  }
  throw new Error(`the processor stands still in the partitions ${[...left]}`)
}

/** Everything in a topic, partition by partition, in order. */
export async function recordsOf<Entry>(log: Log, topic: string, decode: (value: Uint8Array) => Entry): Promise<readonly Entry[]> {
  const { earliest, latest } = await log.topics.positions(topic)
  const partitions: Entry[][] = latest.map(() => [])
  const left = new Set(latest.flatMap((end, partition) => (end > (earliest[partition] ?? 0) ? [partition] : [])))
  const stop = new AbortController()
  if (left.size > 0) {
    for await (const batch of log.tail.read({ topic, from: 'earliest', signal: stop.signal })) {
      partitions[batch.partition]?.push(...batch.records.map(({ value }) => decode(value)))
      if (batch.next >= (latest[batch.partition] ?? 0)) left.delete(batch.partition)
      if (left.size === 0) stop.abort()
    }
  }
  return partitions.flat()
}

export const processedOf = (log: Log): Promise<readonly ProcessedEntry[]> => recordsOf(log, TOPICS.processed, decodeProcessed)
export const deadLettersOf = (log: Log): Promise<readonly DeadLetter[]> => recordsOf(log, TOPICS.rejected, decodeDeadLetter)
