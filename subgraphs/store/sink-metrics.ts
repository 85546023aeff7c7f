/** What a sink tells of itself. */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import type { Outcomes, Slice } from './projection.ts'

export interface SinkMetrics {
  /** A commit of these slices, in seconds. */
  readonly applied: (slices: readonly Slice[], outcomes: Outcomes, seconds: number) => void
  /** Records of a partition that are not applied yet. */
  readonly lag: (partition: number, records: number) => void
}

export function sinkMetrics(registry: Registry, engine: string): SinkMetrics {
  const registers = [registry]
  const batches = new Histogram({
    name: 'poi_sink_batch_seconds',
    help: 'One durable commit of a sink.',
    labelNames: ['engine'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5],
    registers,
  }).labels(engine)
  const records = new Counter({
    name: 'poi_sink_records_total',
    help: 'Changes by what became of them: a latest state, history only, or known already.',
    labelNames: ['engine', 'outcome'],
    registers,
  })
  const lag = new Gauge({
    name: 'poi_sink_lag_records',
    help: 'Records of the processed log that are not applied yet.',
    labelNames: ['engine', 'partition'],
    registers,
  })
  const endToEnd = new Histogram({
    name: 'poi_pipeline_end_to_end_seconds',
    help: 'From the acceptance of a record to each stage of its way.',
    labelNames: ['stage'],
    // The same in every process and thread, so that they add up.
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers,
  }).labels('store')
  return {
    applied(slices, outcomes, seconds) {
      batches.observe(seconds)
      for (const outcome of ['latest', 'history', 'known'] as const)
        if (outcomes[outcome] > 0) records.inc({ engine, outcome }, outcomes[outcome])
      const now = Date.now() * 1_000
      for (const { changes } of slices)
        for (const { poi } of changes) if (poi.acceptedAt !== null) endToEnd.observe(Math.max(0, now - poi.acceptedAt) / 1e6)
    },
    lag: (partition, count) => lag.set({ engine, partition }, count),
  }
}
