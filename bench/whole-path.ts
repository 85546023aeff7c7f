/** The embedded platform from the outside: HTTP mutation → log → processor → store → query; and what a map query costs meanwhile. */
import { setTimeout as pause } from 'node:timers/promises'
import { ask } from '../e2e/client.ts'
import { startPlatform, temporaryDirectory } from '../e2e/platform.ts'
import type { Seeded } from '../e2e/seeded.ts'
import { concurrently, openLoad, SUBMIT_MANY, SUBMIT_ONE, samplePoi } from './load.ts'
import { type Measurement, quantiles } from './report.ts'
import { threadSeconds } from './threads.ts'

const RECORDS = 200_000
const BATCH = 1_000
const BBOX =
  'query ($w: Float!, $s: Float!) { pois(first: 50, filter: { bbox: { west: $w, south: $s, east: $e, north: $n } }) { edges { node { id name } } } }'.replace(
    '$w: Float!, $s: Float!',
    '$w: Float!, $s: Float!, $e: Float!, $n: Float!',
  )

/** Records/s from the first mutation until the last record is queryable; bbox latency while that goes on. */
export async function wholePath(random: Seeded): Promise<Measurement[]> {
  await using directory = await temporaryDirectory()
  await using platform = await startPlatform({ dataDir: directory.path, env: { POI_LOG_LEVEL: 'warn' } })
  using load = openLoad(platform.url, 8)
  const bodies = Array.from({ length: RECORDS / BATCH }, (_, batch) =>
    JSON.stringify({
      query: SUBMIT_MANY,
      variables: { inputs: Array.from({ length: BATCH }, (_, n) => samplePoi(random, batch * BATCH + n)) },
    }),
  )
  // Two batches warm the code up; they are not counted.
  const [first = '', second = '', ...counted] = bodies
  await load.post(first)
  await load.post(second)
  const queryable = async (records: number) => {
    while ((await ask<{ pois: { totalCount: number } }>(platform.url, '{ pois(first: 1) { totalCount } }')).pois.totalCount < records)
      await pause(20)
  }
  await queryable(2 * BATCH)

  let importing = true
  const bbox: number[] = []
  const map = (async () => {
    while (importing) {
      const [w, s] = [random.next() * 350 - 180, random.next() * 160 - 85]
      const body = JSON.stringify({ query: BBOX, variables: { w, s, e: w + 2, n: s + 2 } })
      const begun = performance.now()
      await load.post(body)
      bbox.push(performance.now() - begun)
      await pause(10)
    }
  })()
  const before = threadSeconds(platform.child.pid ?? 0)
  const begun = performance.now()
  let acknowledged = 0
  await concurrently(4, counted, async body => {
    await load.post(body)
    acknowledged += BATCH
  })
  const accepted = (performance.now() - begun) / 1_000
  await queryable(RECORDS)
  const seconds = (performance.now() - begun) / 1_000
  importing = false
  await map
  const name = 'submitPois, 1,000 a mutation, 4 in flight'
  const cpu = [...threadSeconds(platform.child.pid ?? 0)]
    .map(([thread, used]) => ({ thread, used: used - (before.get(thread) ?? 0) }))
    .filter(({ used }) => used > 0.1)
    .map(
      ({ thread, used }): Measurement => ({
        benchmark: name,
        metric: `CPU of thread ${thread}`,
        value: (used / acknowledged) * 1e6,
        unit: 'µs/record',
      }),
    )
  return [
    { benchmark: name, metric: 'mutation → queryable', value: acknowledged / seconds, unit: 'records/s', target: '>= 10,000' },
    { benchmark: name, metric: 'acknowledged', value: acknowledged / accepted, unit: 'records/s' },
    ...cpu,
    ...quantiles('bbox of 2° × 2°, first 50, during that import, over HTTP', 'latency', bbox, { p99: '<= 5' }),
    { benchmark: name, metric: 'memory afterwards', value: (await platform.memory()) / 2 ** 20, unit: 'MiB' },
  ]
}

/** Mutations/s of one record each with 64 in flight. */
export async function singleMutations(random: Seeded): Promise<Measurement[]> {
  await using directory = await temporaryDirectory()
  await using platform = await startPlatform({ dataDir: directory.path, env: { POI_LOG_LEVEL: 'warn' } })
  using load = openLoad(platform.url, 64)
  const body = (serial: number) => JSON.stringify({ query: SUBMIT_ONE, variables: { input: samplePoi(random, serial) } })
  const serials = function* (from: number, to: number) {
    for (let serial = from; serial < to; serial += 1) yield serial
  }
  await concurrently(64, serials(0, 3_000), async serial => void (await load.post(body(serial))))
  const latencies: number[] = []
  const begun = performance.now()
  await concurrently(64, serials(3_000, 23_000), async serial => {
    const sent = performance.now()
    await load.post(body(serial))
    latencies.push(performance.now() - sent)
  })
  const seconds = (performance.now() - begun) / 1_000
  const name = 'submitPoi, 64 in flight'
  return [
    { benchmark: name, metric: 'acknowledged', value: 20_000 / seconds, unit: 'mutations/s', target: '>= 2,000' },
    ...quantiles(name, 'latency', latencies),
  ]
}
