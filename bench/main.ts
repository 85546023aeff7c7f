/** `npm run bench [-- name ...]`: runs the benchmarks named, or all of them, one after the other. */
import { seeded } from '../e2e/seeded.ts'
import { live } from './live.ts'
import { logEngine } from './log.ts'
import { processor } from './processor.ts'
import { type Measurement, report } from './report.ts'
import { stations } from './stations.ts'
import { store } from './store.ts'
import { singleMutations, wholePath } from './whole-path.ts'

const random = seeded(Number(process.env['POI_BENCH_SEED'] ?? 20_261_123))
const benchmarks: Readonly<Record<string, () => Promise<Measurement[]>>> = {
  'whole-path': () => wholePath(random),
  'single-mutations': () => singleMutations(random),
  'live-identical': () => live(random, 'identical'),
  'live-distinct': () => live(random, 'distinct'),
  stations,
  log: () => logEngine(random),
  processor: () => processor(random),
  store: () => store(random),
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(benchmarks)
const rows: Measurement[] = []
for (const name of names) {
  const benchmark = benchmarks[name]
  if (benchmark === undefined) {
    console.error(`There is no benchmark ${JSON.stringify(name)}; there are: ${Object.keys(benchmarks).join(', ')}`)
    process.exit(2)
  }
  console.log(`\n── ${name}`)
  rows.push(...(await benchmark()))
}
report(names.length === 1 ? (names[0] ?? 'all') : 'all', random.seed, rows)
