import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { describe } from 'node:test'
import type { Sentence } from './contract-fixture.ts'
import { record, take, values } from './contract-steps.ts'

export const topicsContract = (name: string, sentence: Sentence): void => {
  describe(`${name} log: topics`, () => {
    sentence('a topic begins at 0 and ends behind its newest record', async ({ log, topic }) => {
      const name = await topic({ partitions: 2 })
      assert.deepEqual(await log.topics.positions(name), { earliest: [0, 0], latest: [0, 0] })
      const [position] = await log.appender.append(name, [record(1, 'a')])
      const { earliest, latest } = await log.topics.positions(name)
      assert.deepEqual(earliest, [0, 0])
      assert.equal(latest[0], 0)
      assert.ok((latest[1] ?? 0) > (position?.offset ?? 0))
    })

    sentence('a topic that exists is left as it is, and another log finds it', async ({ log, open, topic }) => {
      const name = await topic({ partitions: 3 })
      await log.appender.append(name, [record(2, 'a')])
      const other = await open()
      await other.topics.ensure([{ name, partitions: 3 }])
      assert.deepEqual(await values(other, name, 1), ['a'])
    })

    sentence('another partition count is refused', async ({ log, topic }) => {
      const name = await topic({ partitions: 3 })
      await assert.rejects(log.topics.ensure([{ name, partitions: 4 }]), { code: 'TOPIC_MISMATCH' })
      assert.equal((await log.topics.positions(name)).latest.length, 3)
    })

    sentence('a topic that nobody ensured is unknown', async ({ log }) => {
      const name = `missing-${randomUUID()}`
      await assert.rejects(log.topics.positions(name), { code: 'TOPIC_UNKNOWN' })
      await assert.rejects(log.appender.append(name, [record(0, 'a')]), { code: 'TOPIC_UNKNOWN' })
      await assert.rejects(values(log, name, 1), { code: 'TOPIC_UNKNOWN' })
    })

    sentence('positions are found by append time', async ({ log, topic }) => {
      const name = await topic()
      for (const value of ['a', 'b', 'c']) await log.appender.append(name, [record(0, value)])
      const records = await take(log, name, 3)
      for (const { time } of records) {
        const [at] = await log.topics.positionsAt(name, time)
        assert.equal(at, records.find(other => other.time >= time)?.offset)
      }
      assert.deepEqual(await log.topics.positionsAt(name, 0), (await log.topics.positions(name)).earliest)
      assert.deepEqual(await log.topics.positionsAt(name, (records.at(-1)?.time ?? 0) + 1), (await log.topics.positions(name)).latest)
    })
  })
}
