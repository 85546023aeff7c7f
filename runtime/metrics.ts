/** Prometheus metrics. Names start with `poi_`, units are base units, labels are bounded: never a POI's id, a user or a query. */
import { AggregatorRegistry, Counter, collectDefaultMetrics, Registry } from 'prom-client'

/** The samples of one registry as plain data, so that they can come from another thread. */
export type MetricsSnapshot = Awaited<ReturnType<Registry['getMetricsAsJSON']>>

/** A registry of this thread, or another thread that is asked for its samples. */
export interface MetricsSource {
  snapshot(): Promise<MetricsSnapshot>
}

/**
 * A registry with Node's own metrics: event-loop lag, heap, garbage collection. Only those carry the label `service`, so that the counters
 * of several threads add up while each thread's event loop is still seen by itself.
 *
 * @param wholeProcess false in a worker: CPU, memory and handles of the process are the main thread's to report
 */
export function createRegistry({ service, wholeProcess = true }: { readonly service: string; readonly wholeProcess?: boolean }): Registry {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry, prefix: 'poi_', labels: { service } })
  if (!wholeProcess) {
    for (const { name } of registry.getMetricsAsArray()) {
      if (name.startsWith('poi_process_') || /^poi_nodejs_(active_|version)/.test(name)) registry.removeSingleMetric(name)
    }
  }
  return registry
}

export function sourceOfRegistry(registry: Registry): MetricsSource {
  return { snapshot: () => registry.getMetricsAsJSON() }
}

/** The exposition text of a process: the samples of all its threads, same names and labels added up. */
export async function mergeMetrics(sources: readonly MetricsSource[]): Promise<string> {
  const snapshots = await Promise.all(sources.map(source => source.snapshot()))
  return AggregatorRegistry.aggregate(snapshots).metrics()
}

/** Which names break the rules above, in words; for tests of whoever declares metrics. */
export function namingFaults(metrics: MetricsSnapshot): readonly string[] {
  const faults: string[] = []
  for (const metric of metrics) {
    const name = metric.name
    const type: unknown = metric.type // a word, whatever prom-client's declarations say
    if (!/^poi_[a-z0-9_]+$/.test(name)) faults.push(`${name}: wanted lower-case words after poi_`)
    if (type === 'counter' && !name.endsWith('_total')) faults.push(`${name}: a counter ends in _total`)
    if (type === 'histogram' && !/_(seconds|bytes|records)$/.test(name)) faults.push(`${name}: a histogram ends in its base unit`)
    if (/_(ms|millis|milliseconds|us|micros|kb|mb|percent)(_|$)/.test(name))
      faults.push(`${name}: wanted base units (seconds, bytes, ratio)`)
  }
  return faults
}

/** The counter of this name, declared by whoever asks first: several parts of one process count into the same `poi_shed_total`. */
export function sharedCounter<const Label extends string>(
  registry: Registry,
  { name, help, labelNames }: { readonly name: string; readonly help: string; readonly labelNames: readonly Label[] },
): Counter<Label> {
  const declared = registry.getSingleMetric(name)
  if (declared instanceof Counter) return declared as Counter<Label>
  return new Counter({ name, help, labelNames, registers: [registry] })
}
