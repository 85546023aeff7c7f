import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Sentence } from './contract-fixture.ts'
import { record, values } from './contract-steps.ts'
import { task } from './contract-transactions.ts'

export const closingContract = (name: string, sentence: Sentence): void => {
  describe(`${name} log: closing`, () => {
    sentence('it ends every reader, and later use is refused', async ({ log, topic }) => {
      const [input, output] = [await topic(), await topic()]
      const { signal } = new AbortController()
      const tail = log.tail.read({ topic: input, from: 'earliest', signal })[Symbol.asyncIterator]()
      const waiting = tail.next()
      const { promise: opened, resolve: open } = Promise.withResolvers<void>()
      let disposed = 0
      const counting = {
        async [Symbol.asyncDispose]() {
          disposed += 1
        },
      }
      const transacting = log.transactor.run({
        inputs: [input],
        group: `t-${input}`,
        signal,
        open: async () => ({ process() {}, ...counting }),
      })
      const sinking = log.sinks.run({
        topic: output,
        group: `s-${input}`,
        signal,
        open: async () => {
          open()
          return { start: undefined, async write() {}, ...counting }
        },
      })
      await opened
      const appended = log.appender.append(input, [record(0, 'promised')])
      const closing = log[Symbol.asyncDispose]()
      assert.equal((await appended).length, 1)
      await closing
      await log[Symbol.asyncDispose]()
      await waiting // with the record or without
      assert.equal((await tail.next()).done, true)
      await Promise.all([transacting, sinking])
      assert.ok(disposed >= 1)
      await assert.rejects(log.appender.append(input, [record(0, 'late')]), { code: 'CLOSED' })
      await assert.rejects(log.topics.positions(input), { code: 'CLOSED' })
      await assert.rejects(values(log, input, 1), { code: 'CLOSED' })
      await assert.rejects(log.transactor.run({ inputs: [input], group: 'late', signal, open: async () => task(() => {}) }), {
        code: 'CLOSED',
      })
    })
  })
}
