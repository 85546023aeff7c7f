import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import fc from 'fast-check'
import { openSqliteLog } from '#log/log.sqlite.ts'
import type { Log, Positions } from '#log/log.ts'
import { findOutcome } from './find-outcome.ts'

const PARTITION = 1
const number = (value: Uint8Array): number => Number(Buffer.from(value).toString())

describe('an outcome is found by its source', () => {
  let directory: string
  let log: Log
  let topics = 0
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'poi-outcome-'))
    log = await openSqliteLog({ path: join(directory, 'log.db') })
  })
  after(async () => {
    await log[Symbol.asyncDispose]()
    await rm(directory, { recursive: true })
  })

  /** A topic whose outputs came from these sources. */
  const outputsOf = async (sources: readonly number[]) => {
    const topic = `outputs-${topics++}`
    await log.topics.ensure([{ name: topic, partitions: 3 }])
    for (let at = 0; at < sources.length; at += 5_000) {
      const records = sources.slice(at, at + 5_000).map(source => ({ partition: PARTITION, key: null, value: Buffer.from(String(source)) }))
      await log.appender.append(topic, records)
    }
    return { topic, held: await log.topics.positions(topic) }
  }
  const find = (topic: string, held: { earliest: Positions; latest: Positions }, source: number, guess: number) =>
    findOutcome({ log, topic, partition: PARTITION, source, sourceOf: number, held, guess })

  test('wherever the guess lies, and never one that is not there', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(4_000), { maxLength: 1_000, size: 'max' }),
        fc.array(fc.record({ source: fc.nat(4_000), guess: fc.nat(1_100) }), { minLength: 20, maxLength: 20 }),
        async (unordered, questions) => {
          const sources = unordered.toSorted((a, b) => a - b)
          const { topic, held } = await outputsOf(sources)
          for (const { source, guess } of questions) {
            const outcome = await find(topic, held, source, guess)
            const offset = sources.indexOf(source)
            if (offset === -1) assert.deepEqual(outcome, { found: false, certain: true })
            else assert.ok(outcome.found && outcome.record.offset === offset)
          }
        },
      ),
      { numRuns: 15 },
    )
  })

  test('in a large log with a few reads', async () => {
    const sources = Array.from({ length: 100_000 }, (_, nth) => nth * 2)
    const { topic, held } = await outputsOf(sources)
    let reads = 0
    const counting: Log = {
      ...log,
      topics: log.topics,
      tail: {
        read: request => {
          reads++
          return log.tail.read(request)
        },
      },
    }
    for (const source of [0, 2, 99_998, 150_000, 199_998]) {
      reads = 0
      const outcome = await findOutcome({ log: counting, topic, partition: PARTITION, source, sourceOf: number, held, guess: 0 })
      assert.ok(outcome.found && outcome.record.offset === source / 2)
      assert.ok(reads <= 14, `${reads} reads for ${source}`)
    }
    assert.deepEqual(await find(topic, held, 100_001, 0), { found: false, certain: true })
  })

  test('absence is certain only while an older outcome, or everything, is still held', async () => {
    const { topic, held } = await outputsOf([10, 20, 30, 40])
    const rest = { ...held, earliest: held.earliest.with(PARTITION, 2) } // 30 and 40
    for (const guess of [0, 3, 4]) {
      assert.deepEqual(await find(topic, rest, 35, guess), { found: false, certain: true })
      assert.deepEqual(await find(topic, rest, 20, guess), { found: false, certain: false })
    }
    const nothing = { ...held, earliest: held.latest }
    assert.deepEqual(await find(topic, nothing, 20, 0), { found: false, certain: false })
    const empty = await outputsOf([])
    assert.deepEqual(await find(empty.topic, empty.held, 20, 0), { found: false, certain: true })
  })
})
