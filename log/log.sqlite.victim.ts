/**
 * A process made to be killed (log.sqlite.processes.test.ts): appends and transacts as fast as it can, and says on stdout what was acknowledged,
 * one JSON line each. Arguments: the file, the first number to append.
 */
import { bytes, record } from './contract-steps.ts'
import { count, task } from './contract-transactions.ts'
import { openSqliteLog } from './log.sqlite.ts'

const [path = '', first = '0'] = process.argv.slice(2)
const log = await openSqliteLog({ path })
await log.topics.ensure(['in', 'out'].map(name => ({ name, partitions: 2 })))

// What is still buffered when it dies was acknowledged without being told, which is no promise broken.
const say = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)
let next = Number(first)

const append = async () => {
  for (;;) {
    const numbers = Array.from({ length: 1 + (next % 5) }, (_, index) => next + index)
    next += numbers.length
    const positions = await log.appender.append(
      'in',
      numbers.map(number => record(number % 2, `${number}`)),
    )
    say({ appended: numbers.map((number, index) => [number, positions[index]?.partition, positions[index]?.offset]) })
  }
}

await Promise.all([
  ...Array.from({ length: 8 }, append),
  log.transactor.run({
    inputs: ['in'],
    group: 'group',
    maxRecords: 20,
    signal: new AbortController().signal,
    open: async () =>
      task((batch, tx) => {
        for (const record of batch.records) count(tx, 'out', record)
        tx.put('bytes', bytes('x'.repeat(batch.records.length)))
      }),
    onCommit: ({ partition, records }) => say({ partition, committed: records }),
  }),
])
