import assert from 'node:assert/strict'
import { describe } from 'node:test'
import type { Sentence } from './contract-fixture.ts'
import { ascending, bytes, nextBatch, read, record, take, text } from './contract-steps.ts'

export const tailContract = (name: string, sentence: Sentence): void => {
  describe(`${name} log: tail`, () => {
    sentence('from the earliest record it yields what is there, then what comes', async ({ t, log, topic }) => {
      const name = await topic()
      await log.appender.append(name, [record(0, 'a')])
      const tail = read(t, log, { topic: name, from: 'earliest' })
      assert.equal(text((await nextBatch(tail)).records[0]?.value), 'a')
      const waiting = nextBatch(tail)
      await log.appender.append(name, [record(0, 'b')])
      assert.equal(text((await waiting).records[0]?.value), 'b')
    })

    sentence('from the latest on it misses nothing that was appended after the first next()', async ({ t, log, topic }) => {
      const name = await topic()
      await log.appender.append(name, [record(0, 'before')])
      const tail = read(t, log, { topic: name, from: 'latest' })
      const first = nextBatch(tail)
      await log.appender.append(name, [record(0, 'after')])
      assert.deepEqual(
        (await first).records.map(({ value }) => text(value)),
        ['after'],
      )
    })

    sentence('from given positions it resumes with nothing lost and nothing repeated', async ({ t, log, topic }) => {
      const name = await topic({ partitions: 2 })
      await log.appender.append(
        name,
        Array.from({ length: 100 }, (_, index) => record(index % 2, `${index}`)),
      )
      const seen: string[] = []
      const positions = [0, 0]
      for (let round = 0; seen.length < 100; round++) {
        const tail = read(t, log, { topic: name, from: [...positions], maxBytes: 100 })
        for (let batch = 0; batch <= round && seen.length < 100; batch++) {
          const { partition, records, next } = await nextBatch(tail)
          seen.push(...records.map(({ value }) => text(value)))
          positions[partition] = next
        }
        await tail.return?.()
      }
      assert.deepEqual(
        seen.map(Number).sort(ascending),
        Array.from({ length: 100 }, (_, index) => index),
      )
    })

    sentence('batches keep the order of offsets and the bound of bytes, and tell what is left', async ({ log, topic }) => {
      const name = await topic()
      const given = Array.from({ length: 300 }, (_, index) => ({ partition: 0, key: null, value: bytes(`${index}`.padStart(100)) }))
      await log.appender.append(name, given)
      let position = 0
      let count = 0
      const signal = AbortSignal.timeout(30_000)
      for await (const batch of log.tail.read({ topic: name, from: 'earliest', maxBytes: 2_000, signal })) {
        assert.ok(batch.records.length > 0 && batch.records.length <= 20)
        for (const { offset } of batch.records) {
          assert.ok(offset >= position)
          position = offset + 1
        }
        assert.ok(batch.next >= position && batch.end >= batch.next)
        position = batch.next
        count += batch.records.length
        if (batch.next === batch.end) break
      }
      assert.equal(count, 300)
    })

    sentence('it reads only the partitions asked for', async ({ t, log, topic }) => {
      const name = await topic({ partitions: 3 })
      await log.appender.append(name, [record(0, 'a'), record(1, 'b'), record(2, 'c')])
      const tail = read(t, log, { topic: name, from: 'earliest', partitions: [1] })
      const batch = await nextBatch(tail)
      assert.deepEqual([batch.partition, batch.records.map(({ value }) => text(value))], [1, ['b']])
      const waiting = nextBatch(tail)
      await log.appender.append(name, [record(0, 'd'), record(1, 'e')])
      assert.deepEqual(
        (await waiting).records.map(({ value }) => text(value)),
        ['e'],
      )
    })

    sentence('many tails read side by side, in other logs too', async ({ t, log, open, topic }) => {
      const name = await topic()
      const other = await open()
      const tails = Array.from({ length: 40 }, (_, index) => read(t, index % 2 === 0 ? log : other, { topic: name, from: 'earliest' }))
      const firsts = tails.map(nextBatch)
      await log.appender.append(name, [record(0, 'a')])
      for (const { records } of await Promise.all(firsts))
        assert.deepEqual(
          records.map(({ value }) => text(value)),
          ['a'],
        )
    })

    sentence('an abort ends it quietly, while it waits as well as before it began', async ({ log, topic }) => {
      const name = await topic()
      const abort = new AbortController()
      const tail = log.tail.read({ topic: name, from: 'earliest', signal: abort.signal })[Symbol.asyncIterator]()
      const waiting = tail.next()
      abort.abort()
      assert.equal((await waiting).done, true)
      const late = log.tail.read({ topic: name, from: 'earliest', signal: abort.signal })[Symbol.asyncIterator]()
      assert.equal((await late.next()).done, true)
    })

    sentence('a position beyond the end is refused', async ({ t, log, topic }) => {
      const name = await topic({ partitions: 2 })
      await assert.rejects(nextBatch(read(t, log, { topic: name, from: [0, 7] })), { code: 'POSITION_AHEAD' })
    })

    sentence('a position before what is held is refused, with the earliest that can be had', async ({ t, log, topic, expire }) => {
      const name = await topic({ partitions: 2 })
      await log.appender.append(
        name,
        Array.from({ length: 20 }, (_, index) => record(0, `${index}`)),
      )
      const { latest } = await log.topics.positions(name)
      const fifth = (await take(log, name, 5))[4]?.offset ?? 0
      await expire(name, [fifth, 0])
      const { earliest } = await log.topics.positions(name)
      assert.deepEqual(earliest, [fifth, 0])
      await assert.rejects(nextBatch(read(t, log, { topic: name, from: [0, 0] })), { code: 'POSITION_EXPIRED', earliest })
      assert.equal(text((await nextBatch(read(t, log, { topic: name, from: earliest }))).records[0]?.value), '4')
      await expire(name, latest)
      await assert.rejects(nextBatch(read(t, log, { topic: name, from: earliest })), { code: 'POSITION_EXPIRED' })
    })

    sentence('a slow reader that retention overtakes is told', async ({ t, log, topic, expire }) => {
      const name = await topic()
      const value = new Uint8Array(100_000)
      for (let index = 0; index < 30; index++) await log.appender.append(name, [{ partition: 0, key: null, value }])
      const tail = read(t, log, { topic: name, from: 'earliest', maxBytes: 1 })
      await nextBatch(tail)
      await expire(name, (await log.topics.positions(name)).latest)
      await assert.rejects(
        async () => {
          for (;;) await nextBatch(tail) // what it had read ahead may still come
        },
        { code: 'POSITION_EXPIRED' },
      )
    })
  })
}
