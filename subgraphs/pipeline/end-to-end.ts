import { Histogram, type Registry } from 'prom-client'

/** The time that records take on their way, by stage; the parts of one process that observe their stage share one histogram. */
export function endToEndSeconds(registry: Registry): Histogram<'stage'> {
  const name = 'poi_pipeline_end_to_end_seconds'
  const existing = registry.getSingleMetric(name)
  if (existing instanceof Histogram) return existing
  return new Histogram({
    name,
    help: 'processed: from the acceptance of a record to its commit as a change. feed: from its judgement to the first subscriber handed it.',
    labelNames: ['stage'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60],
    registers: [registry],
  })
}
