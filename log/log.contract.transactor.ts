import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Sentence } from './contract-fixture.ts'
import { append, bytes, record, takeWithPartitions, text } from './contract-steps.ts'
import { assertCounted, count, randomFrom, task, transact } from './contract-transactions.ts'
import type { Batch, Log, Positions, Tx } from './log.ts'

export const transactorContract = (name: string, sentence: Sentence): void => {
  describe(`${name} log: transactor`, () => {
    sentence('outputs, state and position are exactly once, through failures at random', async ({ t, log, topic }) => {
      const seed = Number(process.env['POI_TEST_SEED'] ?? Date.now() % 1_000_000)
      t.diagnostic(`seed ${seed}`)
      const random = randomFrom(seed)
      const [input, output] = [await topic({ partitions: 3 }), await topic({ partitions: 3 })]
      const total = 2_000
      let failures = 0
      const abort = new AbortController()
      const running = log.transactor.run({
        inputs: [input],
        group: `group-${input}`,
        signal: abort.signal,
        maxRecords: 60,
        open: async () =>
          task((batch, tx) => {
            for (const record of batch.records) {
              count(tx, output, record)
              if (random() < 0.005) throw new Error('at random')
            }
          }),
        onRetry: () => {
          failures += 1
        },
      })
      const appending = append(log, input, 0, total)
      const outputs = await takeWithPartitions(log, output, total)
      await appending
      abort.abort()
      await running
      assert.ok(failures > 0)
      assertCounted(outputs, total)
      assert.deepEqual(await log.topics.committed(`group-${input}`, input), (await log.topics.positions(input)).latest)
    })

    sentence('nothing of a transaction is visible before it commits', async ({ log, topic }) => {
      const [input, output] = [await topic(), await topic()]
      await append(log, input, 0, 1)
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const { promise: entered, resolve: enter } = Promise.withResolvers<void>()
      const abort = new AbortController()
      const running = log.transactor.run({
        inputs: [input],
        group: `group-${input}`,
        signal: abort.signal,
        open: async () =>
          task(async (batch, tx) => {
            for (const record of batch.records) count(tx, output, record)
            enter()
            await held
          }),
      })
      await entered
      assert.deepEqual((await log.topics.positions(output)).latest, [0])
      assert.deepEqual(await log.topics.committed(`group-${input}`, input), [0])
      release()
      assertCounted(await takeWithPartitions(log, output, 1), 1)
      abort.abort()
      await running
    })

    sentence('a throw commits nothing: the task is disposed and the same batch comes to a new one', async ({ log, topic }) => {
      const [input, output] = [await topic(), await topic()]
      await append(log, input, 0, 5)
      const batches: (readonly number[])[] = []
      const events: string[] = []
      await transact(log, { inputs: [input], until: 5 }, () => ({
        process(batch, tx) {
          batches.push(batch.records.map(({ offset }) => offset))
          for (const record of batch.records) count(tx, output, record)
          if (batches.length === 1) throw new Error('the first time')
        },
        async [Symbol.asyncDispose]() {
          events.push(`disposed after ${batches.length}`)
        },
      }))
      assert.deepEqual(batches[0], batches[1])
      assert.equal(events[0], 'disposed after 1')
      assertCounted(await takeWithPartitions(log, output, 5), 5)
    })

    sentence('state is read back within the transaction, after it, and by the next owner', async ({ log, open, topic }) => {
      const input = await topic()
      const seen: (string | undefined)[] = []
      const remember = (batch: Batch, tx: Tx) => {
        for (const { value } of batch.records) {
          const known = tx.get('last')
          seen.push(known && text(known))
          tx.put('last', value)
          assert.equal(text(tx.get('last')), text(value))
          tx.put('gone', value)
          tx.put('gone', undefined)
          assert.equal(tx.get('gone'), undefined)
        }
      }
      await append(log, input, 0, 2)
      await transact(log, { inputs: [input], until: 2 }, () => task(remember))
      await log[Symbol.asyncDispose]()
      const next = await open()
      await append(next, input, 2, 4)
      await transact(next, { inputs: [input], until: 2 }, () => task(remember))
      assert.deepEqual(seen, [undefined, '0', '1', '2'])
    })

    sentence('a deleted key is gone in the transactions after it', async ({ log, topic }) => {
      const input = await topic()
      await append(log, input, 0, 30)
      const seen: boolean[] = []
      await transact(log, { inputs: [input], until: 30, maxRecords: 1 }, () =>
        task((_, tx) => {
          const turn = seen.push(tx.get('flag') !== undefined) % 4
          if (turn === 1) tx.put('flag', bytes('up'))
          if (turn === 3) tx.put('flag', undefined)
        }),
      )
      assert.deepEqual(
        seen.slice(0, 30),
        Array.from({ length: 30 }, (_, index) => index % 4 === 1 || index % 4 === 2),
      )
    })

    sentence('state belongs to one group and one partition', async ({ log, topic }) => {
      const input = await topic({ partitions: 2 })
      await log.appender.append(input, [record(0, 'zero'), record(1, 'one')])
      const put = (batch: Batch, tx: Tx) => {
        assert.equal(tx.get('key'), undefined)
        for (const { value } of batch.records) tx.put('key', value)
      }
      await transact(log, { inputs: [input], until: 2, group: `one-${input}` }, () => task(put))
      await transact(log, { inputs: [input], until: 2, group: `two-${input}` }, () => task(put))
    })

    sentence('several co-partitioned inputs are processed, each from its own position', async ({ log, topic }) => {
      const inputs = [await topic({ partitions: 2 }), await topic({ partitions: 2 })]
      const other = await topic({ partitions: 3 })
      for (const [index, input] of inputs.entries()) await append(log, input, index * 10, index * 10 + 10)
      const seen: string[] = []
      const starts: Positions[] = []
      await transact(log, { inputs, until: 20 }, (_, start) => {
        starts.push(start)
        return task(({ topic, records }) => {
          seen.push(...records.map(({ value }) => `${inputs.indexOf(topic)}/${text(value)}`))
        })
      })
      assert.deepEqual(starts, [
        [0, 0],
        [0, 0],
      ])
      assert.deepEqual(seen.sort(), Array.from({ length: 20 }, (_, index) => `${Math.floor(index / 10)}/${index}`).sort())
      await assert.rejects(
        transact(log, { inputs: [...inputs, other], until: 1 }, () => task(() => {})),
        { code: 'TOPIC_MISMATCH' },
      )
    })

    sentence('two owners of one group at once still process every record exactly once', async ({ log, open, topic }) => {
      const [input, output] = [await topic({ partitions: 2 }), await topic({ partitions: 2 })]
      await append(log, input, 0, 100)
      const other = await open()
      const abort = new AbortController()
      const { promise: held, resolve: release } = Promise.withResolvers<void>()
      const { promise: entered, resolve: enter } = Promise.withResolvers<void>()
      const start = (own: Log, before: () => Promise<void>) =>
        own.transactor
          .run({
            inputs: [input],
            group: `group-${input}`,
            signal: abort.signal,
            maxRecords: 7,
            open: async () =>
              task(async (batch, tx) => {
                for (const record of batch.records) count(tx, output, record)
                await before()
              }),
          })
          .catch(error => assert.equal(error.code, 'FENCED'))
      const old = start(log, async () => {
        enter()
        await held
      })
      await entered
      const young = start(other, async () => {})
      release()
      const outputs = await takeWithPartitions(log, output, 100)
      await append(log, input, 100, 200)
      outputs.push(...(await takeWithPartitions(log, output, 200)).slice(100))
      abort.abort()
      await Promise.all([old, young])
      assertCounted(await takeWithPartitions(log, output, 200), 200)
    })

    sentence('a Tx is refused after its batch', async ({ log, topic }) => {
      const input = await topic()
      await append(log, input, 0, 1)
      let kept: Tx | undefined
      await transact(log, { inputs: [input], until: 1 }, () =>
        task((_, tx) => {
          kept = tx
        }),
      )
      assert.throws(() => kept?.put('late', bytes('x')), { code: 'CLOSED' })
    })

    sentence('each commit tells what it did, down to no lag', async ({ log, topic }) => {
      const input = await topic()
      await append(log, input, 0, 30)
      const commits = await transact(log, { inputs: [input], until: 30, maxRecords: 10 }, () => task(() => {}))
      assert.equal(
        commits.reduce((sum, { records }) => sum + records, 0),
        30,
      )
      assert.ok(commits.every(({ records, seconds }) => records <= 10 && seconds >= 0))
      assert.equal(commits.at(-1)?.lag, 0)
    })
  })
}
