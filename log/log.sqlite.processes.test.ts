import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { takeWithPartitions, text } from './contract-steps.ts'
import { assertInOrder, count, type Placed, randomFrom, task } from './contract-transactions.ts'
import { openSqliteLog } from './log.sqlite.ts'

const ROUNDS = Number(process.env['POI_TEST_ROUNDS'] ?? 6)

/** What the victim said of one round before it died. */
interface Words {
  readonly appended?: readonly (readonly [number: number, partition: number, offset: number])[]
  readonly partition?: number
  readonly committed?: number
}

test('kill -9 at random moments: what was acknowledged is there, and outputs, state and position are exactly once', {
  timeout: 120_000,
}, async t => {
  const seed = Number(process.env['POI_TEST_SEED'] ?? Date.now() % 1_000_000)
  const random = randomFrom(seed)
  const directory = await mkdtemp(join(tmpdir(), 'poi-log-kill-'))
  t.after(() => rm(directory, { recursive: true }))
  const path = join(directory, 'log.db')
  const acknowledged = new Map<string, number>()
  const committed = [0, 0]

  for (let round = 0; round < ROUNDS; round++) {
    for (const { appended = [], partition, committed: records = 0 } of await liveAndDie(path, round, 1 + Math.floor(random() * 400))) {
      for (const [number, at, offset] of appended) acknowledged.set(`${at}/${offset}`, number)
      if (partition !== undefined) committed[partition] = (committed[partition] ?? 0) + records
    }
    await using log = await openSqliteLog({ path })
    const positions = await log.topics.committed('group', 'in')
    const outputs = await log.topics.positions('out')
    assert.deepEqual(outputs.latest, positions, 'as many outputs as inputs below the position')
    for (const [partition, position] of positions.entries())
      assert.ok(position >= (committed[partition] ?? 0), 'what was told committed is')
  }

  await using log = await openSqliteLog({ path })
  const { latest } = await log.topics.positions('in')
  const total = latest.reduce((sum, end) => sum + end, 0)
  const inputs = await takeWithPartitions(log, 'in', total)
  const held = new Map(inputs.map(({ partition, offset, value }) => [`${partition}/${offset}`, Number(text(value))]))
  for (const [position, number] of acknowledged) assert.equal(held.get(position), number)
  assert.equal(new Set(held.values()).size, total, 'nothing was appended twice')

  const abort = new AbortController()
  const rest = log.transactor.run({
    inputs: ['in'],
    group: 'group',
    signal: abort.signal,
    open: async () =>
      task((batch, tx) => {
        for (const record of batch.records) count(tx, 'out', record)
      }),
  })
  const outputs = await takeWithPartitions(log, 'out', total)
  abort.abort()
  await rest
  assertInOrder(inputs, outputs)
  t.diagnostic(
    `seed ${seed}: ${ROUNDS} kills, ${acknowledged.size} acknowledged of ${total} appended, ${committed.join(' + ')} told committed`,
  )
})

test('processes share the file: they hear of each other, and a later owner fences one in another process', { timeout: 60_000 }, async t => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-log-shared-'))
  t.after(() => rm(directory, { recursive: true }))
  const path = join(directory, 'log.db')
  await using log = await openSqliteLog({ path })
  await log.topics.ensure(['in', 'out'].map(name => ({ name, partitions: 2 })))
  const other = startVictim(path, 1_000_000, 'ignore')
  t.after(() => other.kill('SIGKILL'))
  other.stdout.resume()
  const appended = async () => (await log.topics.positions('in')).latest.reduce((sum, end) => sum + end, 0)
  const heard = await takeWithPartitions(log, 'out', 50)
  // All of them: the first outputs may all be of one partition, and the first inputs of the other.
  assertInOrder((await takeWithPartitions(log, 'in', await appended())).filter(isBefore(heard)), heard)

  const abort = new AbortController()
  const running = log.transactor.run({
    inputs: ['in'],
    group: 'group',
    signal: abort.signal,
    open: async () =>
      task((batch, tx) => {
        for (const record of batch.records) count(tx, 'out', record)
      }),
  })
  const [code] = await once(other, 'exit')
  assert.equal(code, 1, 'its run ended with FENCED')
  const total = await appended()
  const outputs = await takeWithPartitions(log, 'out', total)
  assertInOrder(await takeWithPartitions(log, 'in', total), outputs)
  abort.abort()
  await running
})

const isBefore = (outputs: readonly Placed[]) => (input: Placed) =>
  outputs.some(({ partition, offset }) => partition === input.partition && offset >= input.offset)

const startVictim = (path: string, first: number, stderr: 'inherit' | 'ignore') =>
  spawn(process.execPath, [new URL('./log.sqlite.victim.ts', import.meta.url).pathname, path, `${first}`], {
    stdio: ['ignore', 'pipe', stderr],
  })

/** Starts a victim, lets it speak so many lines, and kills it; resolves with every line that it got out. */
const liveAndDie = async (path: string, round: number, lines: number): Promise<Words[]> => {
  const victim = startVictim(path, round * 1_000_000, 'inherit')
  const exited = once(victim, 'exit')
  const words: Words[] = []
  for await (const line of createInterface({ input: victim.stdout })) {
    if (line.endsWith('}')) words.push(JSON.parse(line)) // the last one may be cut
    if (words.length === lines) victim.kill('SIGKILL')
  }
  assert.deepEqual(await exited, [null, 'SIGKILL'])
  return words
}
