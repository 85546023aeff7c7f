/** The sink: follows the processed log into a projection, whatever its engine. */
import type { Registry } from 'prom-client'
import type { Batch, SinkFeed, SinkTask } from '#log/log.ts'
import type { Logger } from '#runtime/logger.ts'
import { TOPICS } from '#schema/topics.ts'
import type { Stall } from './applied.ts'
import type { Progress, Projection, Slice, StoredChange } from './projection.ts'
import { sinkMetrics } from './sink-metrics.ts'
import { troubleOf } from './sink-trouble.ts'
import { storeEntryOf } from './stored-change.ts'

export interface SinkRequest {
  readonly feed: SinkFeed
  readonly projection: Projection
  readonly signal: AbortSignal
  readonly registry: Registry
  readonly logger: Logger
  /** Told after each commit how far the partitions in it are applied. */
  readonly onApplied: (progress: readonly Progress[]) => void
  /** Told of every failure that is being retried; the partition's next progress ends it. */
  readonly onStalled?: ((stall: Stall) => void) | undefined
}

/** Records that one commit takes at most, unless a single batch holds more: more would make readers wait longer for what is new than it saves. */
const MAX_RECORDS = 4_000

interface Waiting {
  readonly slice: Slice
  readonly records: number
  readonly done: PromiseWithResolvers<void>
}

/**
 * Applies the processed log until the signal aborts. Partitions are read side by side; what they bring while a commit runs goes into the
 * next one together, because a commit costs the same for one record and for thousands.
 *
 * A record that cannot be decoded or applied stops its partition (it is tried again with backoff, and told): only the platform writes
 * this topic, so skipping one would lose data silently.
 */
export async function runSink({ feed, projection, signal, registry, logger, onApplied, onStalled }: SinkRequest): Promise<void> {
  const metrics = sinkMetrics(registry, projection.engine)
  const waiting: Waiting[] = []
  let isApplying = false

  const applyWaiting = async (): Promise<void> => {
    isApplying = true
    // A turn of the event loop, so that the batches of the other partitions that are there by now come along.
    await nextTurn()
    while (waiting.length > 0) await applyTogether(takeSome(waiting))
    isApplying = false
  }

  const applyTogether = async (together: readonly Waiting[]): Promise<void> => {
    const slices = together.map(({ slice }) => slice)
    const started = performance.now()
    try {
      const outcomes = await projection.apply(slices)
      metrics.applied(slices, outcomes, (performance.now() - started) / 1_000)
      onApplied(slices.map(slice => slice.progress))
      for (const { done } of together) done.resolve()
    } catch (error) {
      for (const { done } of together) done.reject(error)
    }
  }

  const taskOf = async (partition: number): Promise<SinkTask> => {
    const applied = (await projection.progress()).find(progress => progress.partition === partition)
    let source = applied?.source ?? 0
    return {
      start: applied?.next,
      async write(batch) {
        const { changes, source: reached } = decode(batch, source)
        source = reached
        const done = Promise.withResolvers<void>()
        waiting.push({ slice: { progress: { partition, next: batch.next, source }, changes }, records: batch.records.length, done })
        if (!isApplying) void applyWaiting()
        await done.promise
        metrics.lag(partition, batch.end - batch.next)
      },
      async [Symbol.asyncDispose]() {},
    }
  }

  await feed.run({
    topic: TOPICS.processed,
    group: projection.group,
    open: taskOf,
    signal,
    onRetry: (err, partition) => {
      logger.warn({ err, partition, engine: projection.engine }, 'The sink failed; trying again')
      onStalled?.({ partition, why: troubleOf(err) })
    },
  })
}

function decode(batch: Batch, from: number): { changes: StoredChange[]; source: number } {
  const changes: StoredChange[] = []
  let source = from
  for (const record of batch.records) {
    const entry = storeEntryOf(record.value)
    if (entry.source > source) source = entry.source
    if (entry.change !== null) changes.push(entry.change)
  }
  return { changes, source }
}

function takeSome(waiting: Waiting[]): Waiting[] {
  let records = 0
  let count = 0
  for (const next of waiting) {
    if (count > 0 && records + next.records > MAX_RECORDS) break
    records += next.records
    count++
  }
  return waiting.splice(0, count)
}

const nextTurn = (): Promise<void> => new Promise(resolve => setImmediate(resolve))
