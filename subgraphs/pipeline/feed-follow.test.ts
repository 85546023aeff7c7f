/** A log that fails under the feed: the real one, behind a tail that breaks when the test says so. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { type Batch, type Log, LogError, type Tail } from '#log/log.ts'
import { createLogger } from '#runtime/logger.ts'
import { eventIds, type FeedFixture, feedFixture, KEY, NOW, nextOf, PARTITIONS, subscribe } from './feed.fixture.ts'
import { openFeed } from './feed.ts'

/** Every tail of this log ends with `failure`, once, in the place of its next batch. */
function breaking(log: Log): { log: Log; failWith(failure: LogError): void } {
  let next: LogError | undefined
  const tail: Tail = {
    async *read(request): AsyncGenerator<Batch, void, undefined> {
      for await (const batch of log.tail.read(request)) {
        const failure = next
        next = undefined
        if (failure !== undefined) throw failure
        yield batch
      }
    },
  }
  const { description, topics, appender, sinks, transactor } = log
  return {
    log: { description, topics, appender, sinks, transactor, tail, [Symbol.asyncDispose]: async () => {} },
    failWith(failure) {
      next = failure
    },
  }
}

async function feedOn({ log: real }: FeedFixture) {
  const { log, failWith } = breaking(real)
  const feed = await openFeed({
    ...{ log, partitions: PARTITIONS, cursorKey: KEY, clock: () => NOW },
    ...{ registry: new Registry(), logger: createLogger({ service: 'test', level: 'silent' }) },
  })
  return { feed, failWith }
}

test('a failure of the log is waited out: subscribers notice nothing but the pause', async t => {
  const fixture = await feedFixture(t)
  const { feed, failWith } = await feedOn(fixture)
  await using _ = feed
  const stream = await subscribe(feed)
  await fixture.append({ id: 'a', eventId: 'a0' })
  assert.deepEqual(await eventIds(stream, 1), ['a0'])
  failWith(new LogError('UNAVAILABLE', 'gone for a moment'))
  const next = eventIds(stream, 2)
  await fixture.append({ id: 'a', eventId: 'a1' }, { id: 'a', eventId: 'a2' })
  assert.deepEqual(await next, ['a1', 'a2'])
  assert.equal(feed.trouble, undefined)
})

test('when retention overtakes the feed itself, every subscriber that lost something is told, and the stream goes on', async t => {
  const fixture = await feedFixture(t)
  const { feed, failWith } = await feedOn(fixture)
  await using _ = feed
  const stream = await subscribe(feed)
  await stream.next()
  failWith(new LogError('POSITION_EXPIRED', 'too slow', { earliest: [1, 1, 1] }))
  const lost = assert.rejects(nextOf(stream), { code: 'CURSOR_EXPIRED' })
  await fixture.append(...Array.from({ length: 12 }, (_, number) => ({ id: `poi-${number}` })))
  await lost
  assert.equal(feed.subscribers, 0)
  const again = await subscribe(feed)
  await fixture.append({ id: 'a', eventId: 'a0' })
  let last = ''
  while (last !== 'a0') [last = ''] = await eventIds(again, 1)
})
