/** What every benchmark answers with, and how it is shown: a table for people, JSON with machine, versions and seed for comparing. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'

export interface Measurement {
  readonly benchmark: string
  readonly metric: string
  readonly value: number
  readonly unit: string
  /** what the project promised, in words: `>= 10,000` */
  readonly target?: string
}

/** Quantiles of latencies in ms, as measurements. */
export function quantiles(
  benchmark: string,
  what: string,
  samples: readonly number[],
  targets: { readonly p50?: string; readonly p99?: string } = {},
): Measurement[] {
  const sorted = samples.toSorted((a, b) => a - b)
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
  const row = (name: string, value: number, target?: string): Measurement => ({
    benchmark,
    metric: `${what} ${name}`,
    value,
    unit: 'ms',
    ...(target === undefined ? {} : { target }),
  })
  return [row('p50', at(0.5), targets.p50), row('p99', at(0.99), targets.p99), row('max', at(1))]
}

/** Prints the table and writes `bench/results/<name>.json`; returns the file. */
export function report(name: string, seed: number, rows: readonly Measurement[]): string {
  console.table(
    rows.map(({ benchmark, metric, value, unit, target }) => ({
      benchmark,
      metric,
      value: Number(value.toPrecision(4)),
      unit,
      target: target ?? '',
    })),
  )
  const directory = join(import.meta.dirname, 'results')
  mkdirSync(directory, { recursive: true })
  const { dependencies } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as {
    dependencies: Record<string, string>
  }
  const file = join(directory, `${name}.json`)
  const machine = { cpu: cpus()[0]?.model, cores: cpus().length, memoryBytes: totalmem(), load: loadavg(), platform: process.platform }
  writeFileSync(
    file,
    `${JSON.stringify({ name, at: new Date().toISOString(), machine, versions: { node: process.versions.node, ...dependencies }, seed, rows }, null, 2)}\n`,
  )
  console.log(`written to ${file}`)
  return file
}
