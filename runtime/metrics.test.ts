import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Counter, Histogram } from 'prom-client'
import { createRegistry, mergeMetrics, namingFaults, sourceOfRegistry } from './metrics.ts'

test('the samples of several threads add up, and each event loop stays visible', async () => {
  const main = createRegistry({ service: 'main' })
  const worker = createRegistry({ service: 'processor', wholeProcess: false })
  for (const [registry, amount] of [[main, 2] as const, [worker, 3] as const]) {
    new Counter({ name: 'poi_test_records_total', help: 'Records.', labelNames: ['outcome'], registers: [registry] }).inc(
      { outcome: 'ok' },
      amount,
    )
    new Histogram({ name: 'poi_test_seconds', help: 'Time.', buckets: [1, 2], registers: [registry] }).observe(1.5)
  }
  const text = await mergeMetrics([sourceOfRegistry(main), sourceOfRegistry(worker)])
  assert.match(text, /^poi_test_records_total\{outcome="ok"\} 5$/m)
  assert.match(text, /^poi_test_seconds_bucket\{le="2"\} 2$/m)
  assert.match(text, /^poi_nodejs_eventloop_lag_p99_seconds\{service="main"\}/m)
  assert.match(text, /^poi_nodejs_eventloop_lag_p99_seconds\{service="processor"\}/m)
  assert.equal(text.match(/^poi_process_resident_memory_bytes/gm)?.length, 1)
  assert.ok(text.split('\n').every(line => line === '' || line.startsWith('#') || line.startsWith('poi_')))
})

test('names that break the rules are told', async () => {
  const registry = createRegistry({ service: 'main' })
  assert.deepEqual(namingFaults(await registry.getMetricsAsJSON()), [])
  new Counter({ name: 'records', help: 'Records.', registers: [registry] })
  new Histogram({ name: 'poi_wait_ms', help: 'Time.', registers: [registry] })
  assert.deepEqual(namingFaults(await registry.getMetricsAsJSON()), [
    'records: wanted lower-case words after poi_',
    'records: a counter ends in _total',
    'poi_wait_ms: a histogram ends in its base unit',
    'poi_wait_ms: wanted base units (seconds, bytes, ratio)',
  ])
})
