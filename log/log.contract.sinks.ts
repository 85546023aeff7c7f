import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Sentence } from './contract-fixture.ts'
import { append, ascending, text } from './contract-steps.ts'
import type { Log } from './log.ts'

export const sinksContract = (name: string, sentence: Sentence): void => {
  describe(`${name} log: sinks`, () => {
    sentence('a sink is fed every record in order, and goes on from the position that it kept', async ({ log, topic }) => {
      const name = await topic({ partitions: 2 })
      const sink = keepingSink(name, log)
      await append(log, name, 0, 50)
      await sink.run(50)
      await append(log, name, 50, 100)
      await sink.run(100)
      assert.deepEqual(
        sink.kept.map(Number).sort(ascending),
        Array.from({ length: 100 }, (_, index) => index),
      )
      assert.equal(sink.opened, sink.disposed)
    })

    sentence('after a failed write the task is opened anew and given the batch again', async ({ log, topic }) => {
      const name = await topic()
      await append(log, name, 0, 20)
      const sink = keepingSink(name, log, { failures: 3 })
      const failures = await sink.run(20)
      assert.equal(failures, 3)
      assert.deepEqual(
        sink.kept,
        Array.from({ length: 20 }, (_, index) => `${index}`),
      )
      assert.deepEqual([sink.opened, sink.disposed], [4, 4])
    })
  })
}

/** A sink that keeps its rows and positions in memory, all or nothing. */
const keepingSink = (topic: string, log: Log, { failures = 0 } = {}) => {
  const positions = new Map<number, number>()
  const sink = {
    kept: [] as string[],
    opened: 0,
    disposed: 0,
    /** Runs until so many rows are kept; tells how often it was retried. */
    async run(until: number): Promise<number> {
      const abort = new AbortController()
      let retries = 0
      await log.sinks.run({
        topic,
        group: `sink-${topic}`,
        signal: AbortSignal.any([abort.signal, AbortSignal.timeout(30_000)]),
        open: async partition => {
          sink.opened += 1
          return {
            start: positions.get(partition),
            async write({ records, next }) {
              if (retries < failures) throw new Error('the store is down')
              sink.kept.push(...records.map(({ value }) => text(value)))
              positions.set(partition, next)
              if (sink.kept.length >= until) abort.abort()
            },
            async [Symbol.asyncDispose]() {
              sink.disposed += 1
            },
          }
        },
        onRetry: () => {
          retries += 1
        },
      })
      return retries
    },
  }
  return sink
}
