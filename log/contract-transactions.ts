import assert from 'node:assert/strict'
import { ascending, bytes, text } from './contract-steps.ts'
import type { Commit, Log, LogRecord, Positions, Task, Tx } from './log.ts'

export const task = (process: Task['process']): Task => ({ process, async [Symbol.asyncDispose]() {} })

/** Runs a transactor until so many records are committed. */
export const transact = async (
  log: Log,
  {
    inputs,
    until,
    group = `group-${inputs[0]}`,
    maxRecords,
  }: { inputs: readonly string[]; until: number; group?: string; maxRecords?: number },
  open: (partition: number, start: Positions) => Task,
) => {
  const abort = new AbortController()
  const commits: Commit[] = []
  await log.transactor.run({
    inputs,
    group,
    maxRecords,
    signal: AbortSignal.any([abort.signal, AbortSignal.timeout(30_000)]),
    open: async (partition, start) => open(partition, start),
    onCommit: commit => {
      commits.push(commit)
      if (commits.reduce((sum, { records }) => sum + records, 0) >= until) abort.abort()
    },
  })
  assert.ok(commits.reduce((sum, { records }) => sum + records, 0) >= until, 'the records were not committed in time')
  return commits
}

/** Puts out each record with how many records this partition has seen, which lives in the state. */
export const count = (tx: Tx, output: string, { key, value }: LogRecord): void => {
  const known = tx.get('count')
  const next = `${Number(known === undefined ? 0 : text(known)) + 1}`
  tx.put('count', bytes(next))
  tx.append(output, key, bytes(`${text(value)} is ${next}`))
}

export type Placed = LogRecord & { readonly partition: number }

/** Every number came once, and the state counted each partition without a gap. */
export const assertCounted = (outputs: readonly Placed[], total: number): void => {
  const numbers: number[] = []
  const counted = new Map<number, number>()
  for (const { partition, value } of outputs) {
    const [number, , counter] = text(value).split(' ')
    numbers.push(Number(number))
    assert.equal(Number(counter), (counted.get(partition) ?? 0) + 1)
    counted.set(partition, Number(counter))
  }
  assert.deepEqual(
    numbers.sort(ascending),
    Array.from({ length: total }, (_, index) => index),
  )
}

/** Each partition's outputs are its inputs in order, counted without a gap. */
export const assertInOrder = (inputs: readonly Placed[], outputs: readonly Placed[]): void => {
  for (const partition of new Set(inputs.map(input => input.partition))) {
    const own = (records: readonly Placed[]) => records.filter(record => record.partition === partition)
    assert.deepEqual(
      own(outputs).map(({ value }) => text(value)),
      own(inputs).map(({ value }, index) => `${text(value)} is ${index + 1}`),
    )
  }
}

/** A small seeded generator (mulberry32), so that a failing run can be repeated. */
export const randomFrom = (seed: number) => () => {
  seed = (seed + 0x6d2b79f5) | 0
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed)
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
}
