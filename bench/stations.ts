/** Memory: the platform's resident size while and after 292,625 real stations are imported with the command line. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { setInterval } from 'node:timers'
import { ask, until } from '../e2e/client.ts'
import { startPlatform, temporaryDirectory } from '../e2e/platform.ts'
import type { Measurement } from './report.ts'

export async function stations(): Promise<Measurement[]> {
  await using directory = await temporaryDirectory()
  await using platform = await startPlatform({ dataDir: directory.path, env: { POI_LOG_LEVEL: 'warn' } })
  let peak = 0
  const sampling = setInterval(
    () =>
      void platform.memory().then(bytes => {
        peak = Math.max(peak, bytes)
      }),
    200,
  )
  const begun = performance.now()
  const importing = spawn(process.execPath, ['cli/main.ts', 'import', '--dataset', 'stations', '--url', platform.url, '--quiet'], {
    stdio: 'inherit',
  })
  const [code] = await once(importing, 'exit')
  if (code !== 0) throw new Error(`poi import ended with ${code}`)
  const { pois } = await until(
    'all stations queryable',
    120,
    () =>
      ask<{ pois: { totalCount: number }; pipelineStatus: { lagRecords: number }; storeStatus: { records: { lagRecords: number } } }>(
        platform.url,
        '{ pois(first: 1) { totalCount } pipelineStatus { lagRecords } storeStatus { records { lagRecords } } }',
      ),
    answer => answer.pipelineStatus.lagRecords === 0 && answer.storeStatus.records.lagRecords === 0,
  )
  const seconds = (performance.now() - begun) / 1_000
  clearInterval(sampling)
  const after = await platform.memory()
  const benchmark = 'poi import --dataset stations'
  return [
    { benchmark, metric: 'stations stored', value: pois.totalCount, unit: 'POIs' },
    { benchmark, metric: 'file → queryable', value: pois.totalCount / seconds, unit: 'records/s' },
    { benchmark, metric: 'memory after', value: after / 2 ** 20, unit: 'MiB', target: '<= 400' },
    { benchmark, metric: 'memory at most', value: Math.max(peak, after) / 2 ** 20, unit: 'MiB' },
  ]
}
