/**
 * The processor: reads what was submitted, judges it, writes what became of it, exactly once. It is the single writer of the states of the
 * POIs in its partitions.
 */
import type { Registry } from 'prom-client'
import type { Log } from '#log/log.ts'
import type { Logger } from '#runtime/logger.ts'
import type { Micros } from '#schema/poi.ts'
import { PROCESSOR_GROUP, TOPICS } from '#schema/topics.ts'
import { createProcessorMetrics } from './processor-metrics.ts'
import type { Rules } from './rules.ts'
import { processBatch } from './transaction.ts'

export interface ProcessorOptions {
  /** with the topics of schema/topics.ts in place */
  readonly log: Log
  readonly rules: Rules
  readonly clock: () => Micros
  readonly registry: Registry
  readonly logger: Logger
  /** Ends the processor in order: the transaction at hand commits, or none of it does. */
  readonly signal: AbortSignal
}

/** Runs until the signal aborts. @throws LogError FENCED when another process took every partition over. */
export async function runProcessor({ log, rules, clock, registry, logger, signal }: ProcessorOptions): Promise<void> {
  const partitions = (await log.topics.positions(TOPICS.unprocessed)).latest.length
  const metrics = createProcessorMetrics(registry, log)
  await log.transactor.run({
    inputs: [TOPICS.unprocessed],
    group: PROCESSOR_GROUP,
    signal,
    open: async partition => {
      metrics.opened(partition)
      return {
        process: (batch, tx) =>
          processBatch({ batch, tx, measure: { now: clock(), rules, partitions }, tally: metrics.begin(partition), logger }),
        [Symbol.asyncDispose]: async () => {},
      }
    },
    onCommit: commit => metrics.committed(commit, clock()),
    onRetry: (error, partition) => {
      metrics.retried()
      logger.warn({ err: error, partition }, 'A transaction failed and is run again')
    },
  })
}
