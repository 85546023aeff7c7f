import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Sentence } from './contract-fixture.ts'
import { ascending, bytes, readUntil, record, take, takeWithPartitions, text, values } from './contract-steps.ts'
import type { NewRecord } from './log.ts'

export const appendContract = (name: string, sentence: Sentence): void => {
  describe(`${name} log: append`, () => {
    sentence('positions come in the order given, and each record lies at its own', async ({ log, topic }) => {
      const name = await topic({ partitions: 3 })
      const given = Array.from({ length: 50 }, (_, index) => record(index % 3, `v${index}`))
      const positions = await log.appender.append(name, given)
      const found = new Map(
        (await takeWithPartitions(log, name, 50)).map(({ partition, offset, value }) => [`${partition}/${offset}`, text(value)]),
      )
      assert.deepEqual(
        positions.map(({ partition, offset }) => found.get(`${partition}/${offset}`)),
        given.map(({ value }) => text(value)),
      )
    })

    sentence('concurrent appends keep the order of each partition', async ({ log, topic }) => {
      const name = await topic({ partitions: 2 })
      const answers = Array.from({ length: 200 }, (_, index) => log.appender.append(name, [record(index % 2, `${index}`)]))
      const offsets = (await Promise.all(answers)).map(([position]) => position?.offset ?? -1)
      for (const partition of [0, 1]) {
        const own = offsets.filter((_, index) => index % 2 === partition)
        assert.deepEqual(own, [...own].sort(ascending))
        assert.equal(new Set(own).size, 100)
      }
    })

    sentence('keys and values come back byte for byte, absent and empty ones too', async ({ log, topic }) => {
      const name = await topic()
      const all = Uint8Array.from({ length: 256 }, (_, byte) => byte)
      const given: NewRecord[] = [
        { partition: 0, key: null, value: all },
        { partition: 0, key: new Uint8Array(0), value: all.subarray(3, 9) },
        { partition: 0, key: all, value: new Uint8Array(0) },
        { partition: 0, key: all.subarray(7, 8), value: new Uint8Array(700_000).fill(5) },
      ]
      await log.appender.append(name, given)
      const found = await take(log, name, 4)
      assert.deepEqual(
        found.map(({ key, value }) => [key === null ? null : [...key], Buffer.from(value)]),
        given.map(({ key, value }) => [key === null ? null : [...key], Buffer.from(value)]),
      )
    })

    sentence('all records are appended or none', async ({ log, topic }) => {
      const name = await topic({ partitions: 2 })
      const tooLarge = { partition: 1, key: null, value: new Uint8Array(1024 * 1024 + 1) }
      await assert.rejects(log.appender.append(name, [record(0, 'a'), record(2, 'no such partition')]), { code: 'TOPIC_UNKNOWN' })
      await assert.rejects(log.appender.append(name, [record(0, 'a'), tooLarge]), { code: 'TOO_LARGE' })
      assert.deepEqual((await log.topics.positions(name)).latest, [0, 0])
    })

    sentence('beyond what may be in flight an append is refused at once, and taken again later', async ({ open, topic }) => {
      const name = await topic()
      const log = await open({ maxInFlightRecords: 10 })
      const accepted = log.appender.append(
        name,
        Array.from({ length: 10 }, (_, index) => record(0, `${index}`)),
      )
      await assert.rejects(log.appender.append(name, [record(0, 'refused')]), { code: 'OVERLOADED' })
      await accepted
      await log.appender.append(name, [record(0, 'later')])
      assert.deepEqual(await values(log, name, 11), [...'0123456789', 'later'])
    })

    sentence('an append that is aborted before it begins writes nothing', async ({ log, topic }) => {
      const name = await topic()
      await assert.rejects(log.appender.append(name, [record(0, 'a')], { signal: AbortSignal.abort() }), { code: 'DEADLINE_EXCEEDED' })
      await log.appender.append(name, [record(0, 'b')])
      assert.deepEqual(await values(log, name, 1), ['b'])
    })

    sentence('what was acknowledged is there after closing and opening again', async ({ open, topic }) => {
      const name = await topic()
      const first = await open()
      await first.appender.append(name, [record(0, 'a'), record(0, 'b')])
      await first[Symbol.asyncDispose]()
      assert.deepEqual(await values(await open(), name, 2), ['a', 'b'])
    })

    sentence('a compacted topic keeps at least the newest record of each key', async ({ log, topic }) => {
      const name = await topic({ compacted: true })
      for (let round = 0; round < 3; round++) {
        await log.appender.append(
          name,
          ['a', 'b'].map(key => ({ partition: 0, key: bytes(key), value: bytes(`${key}${round}`) })),
        )
      }
      const newest = new Map<string, string>()
      await readUntil(log, name, ({ key, value }) => newest.set(text(key), text(value)).get('b') === 'b2')
      assert.deepEqual(
        [...newest],
        [
          ['a', 'a2'],
          ['b', 'b2'],
        ],
      )
    })
  })
}
