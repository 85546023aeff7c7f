/** What the processor tells of itself. Counted when a transaction commits, so that work which is run again is not counted twice. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Commit, Log } from '#log/log.ts'
import type { ChangeKind, FaultCode, Micros } from '#schema/poi.ts'
import { PROCESSOR_GROUP, TOPICS } from '#schema/topics.ts'
import { endToEndSeconds } from './end-to-end.ts'

export type Outcome = ChangeKind | 'DUPLICATE' | 'REJECTED'

/** What one transaction did, gathered while it runs. */
export interface Tally {
  readonly outcomes: Map<Outcome, number>
  /** by the first fault of each dead letter, so that they add up to the dead letters */
  readonly deadLetters: Map<FaultCode, number>
  /** by rule */
  readonly warnings: Map<string, number>
  /** when each accepted record entered the platform */
  readonly accepted: Micros[]
}

export interface ProcessorMetrics {
  /** Forgets the transactions of a partition that did not commit: its task is opened anew. */
  readonly opened: (partition: number) => void
  /** Begins the tally of the partition's next transaction. */
  readonly begin: (partition: number) => Tally
  readonly committed: (commit: Commit, now: Micros) => void
  readonly retried: () => void
}

export function addOne<Key>(counts: Map<Key, number>, key: Key): void {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

export function createProcessorMetrics(registry: Registry, log: Log): ProcessorMetrics {
  const registers = [registry]
  const records = new Counter({
    name: 'poi_pipeline_records_total',
    help: 'Records judged, by what became of them.',
    labelNames: ['outcome'],
    registers,
  })
  const deadLetters = new Counter({
    name: 'poi_dlq_records_total',
    help: 'Dead letters written, by their first fault.',
    labelNames: ['reason'],
    registers,
  })
  const warnings = new Counter({
    name: 'poi_pipeline_rule_warnings_total',
    help: 'Records let pass with a warning, by rule.',
    labelNames: ['rule'],
    registers,
  })
  const retries = new Counter({ name: 'poi_pipeline_retries_total', help: 'Transactions that failed and were run again.', registers })
  const transactions = new Histogram({
    name: 'poi_pipeline_transaction_seconds',
    help: 'From the read of a batch to its durable commit.',
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15],
    registers,
  })
  const endToEnd = endToEndSeconds(registry)
  new Gauge({
    name: 'poi_pipeline_consumer_lag',
    help: 'Records of the input not processed yet.',
    labelNames: ['topic', 'partition', 'group'],
    registers,
    // Read from the log when asked, so that it also grows while the processor stands still.
    async collect() {
      try {
        const [{ latest }, committed] = await Promise.all([
          log.topics.positions(TOPICS.unprocessed),
          log.topics.committed(PROCESSOR_GROUP, TOPICS.unprocessed),
        ])
        for (const [partition, end] of latest.entries()) {
          const lag = Math.max(0, end - (committed[partition] ?? 0))
          this.set({ topic: TOPICS.unprocessed, partition, group: PROCESSOR_GROUP }, lag)
        }
      } catch {
        // A log that cannot be read must not take the other metrics away: without samples the lag is absent, which alerts can see.
        this.reset()
      }
    },
  })

  const running = new Map<number, Tally[]>()
  return {
    opened: partition => running.set(partition, []),
    begin: partition => {
      const tally: Tally = { outcomes: new Map(), deadLetters: new Map(), warnings: new Map(), accepted: [] }
      running.get(partition)?.push(tally)
      return tally
    },
    committed: (commit, now) => {
      transactions.observe(commit.seconds)
      const tally = running.get(commit.partition)?.shift()
      if (tally === undefined) return
      for (const [outcome, count] of tally.outcomes) records.inc({ outcome: outcome.toLowerCase() }, count)
      for (const [reason, count] of tally.deadLetters) deadLetters.inc({ reason: reason.toLowerCase() }, count)
      for (const [rule, count] of tally.warnings) warnings.inc({ rule }, count)
      for (const accepted of tally.accepted) endToEnd.observe({ stage: 'processed' }, Math.max(0, now - accepted) / 1e6)
    },
    retried: () => retries.inc(),
  }
}
