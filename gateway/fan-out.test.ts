import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Registry } from 'prom-client'
import { PoiError } from '#runtime/errors.ts'
import { type Fixture, openFixture, remoteAt, SILENT, serveGateway, serveSubgraph, supergraphOf } from './gateway.fixture.ts'
import { type Followed, follow } from './graphql-client.fixture.ts'
import { openNews } from './news.fixture.ts'
import { openGateway } from './open-gateway.ts'
import { openRaw } from './raw-client.fixture.ts'
import { openShop } from './shop.fixture.ts'

const FOLLOW = 'subscription ($after: Cursor) { changes(after: $after) { __typename ... on Changed { number text } } }'

/** The numbers of the next changes, beats left out. */
async function numbers(followed: Followed, count: number): Promise<readonly number[]> {
  const found: number[] = []
  while (found.length < count) {
    const { data, errors } = await followed.next()
    assert.equal(errors, undefined)
    if (data.changes.__typename === 'Changed') found.push(data.changes.number)
  }
  return found
}

async function until(what: string, holds: () => boolean, ms = 5_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Not within ${ms} ms: ${what}`)
    await new Promise(resolve => setImmediate(resolve))
  }
}

/** Publishes lines until all of them are fed by one execution; resolves with how many were published. */
async function untilShared(fixture: Fixture, followed: readonly Followed[]): Promise<number> {
  for (let published = 1; published < 100; published += 1) {
    fixture.news.publish(`line ${published}`)
    for (const one of followed) await numbers(one, 1)
    if (fixture.news.readers === 1) return published
  }
  throw new Error('They did not come together')
}

for (const remote of [false, true]) {
  const where = remote ? 'remote' : 'in process'

  test(`the same subscription of many clients becomes one execution, and each gets every event once (${where})`, async () => {
    await using fixture = await openFixture({ remote })
    await using stack = new AsyncDisposableStack()
    const followed = Array.from({ length: 20 }, () => stack.use(follow(fixture.wsUrl, FOLLOW)))
    for (const one of followed) assert.equal((await one.next()).data.changes.__typename, 'Beat')
    const published = await untilShared(fixture, followed)
    fixture.news.publish(...Array.from({ length: 100 }, (_, n) => `burst ${n}`))
    const expected = Array.from({ length: 100 }, (_, n) => published + n + 1)
    for (const one of followed) assert.deepEqual(await numbers(one, 100), expected)
    assert.equal(fixture.news.readers, 1)
  })

  test(`nothing is read any more within a second of the last client's leaving (${where})`, async () => {
    await using fixture = await openFixture({ remote })
    const followed = Array.from({ length: 3 }, () => follow(fixture.wsUrl, FOLLOW))
    for (const one of followed) await one.next()
    await untilShared(fixture, followed)
    for (const one of followed) await one[Symbol.asyncDispose]()
    await until('no readers', () => fixture.news.readers === 0, 1_000)
    assert.match(await fixture.registry.metrics(), /poi_subscriptions_active 0/)
  })
}

test('the cursor that the gateway asks for itself is not shown to whoever did not ask', async () => {
  await using fixture = await openFixture()
  await using followed = follow(fixture.wsUrl, 'subscription { changes { ... on Changed { text } } }')
  assert.deepEqual((await followed.next()).data, { changes: {} })
  fixture.news.publish('hello')
  assert.deepEqual((await followed.next()).data, { changes: { text: 'hello' } })
})

test('a client that resumes gets what it missed, then shares the stream of the others', async () => {
  await using fixture = await openFixture()
  await using live = follow(fixture.wsUrl, FOLLOW)
  await live.next()
  fixture.news.publish('1', '2', '3')
  assert.deepEqual(await numbers(live, 3), [1, 2, 3])
  await using resumed = follow(fixture.wsUrl, FOLLOW, { after: '1' })
  assert.deepEqual(await numbers(resumed, 2), [2, 3])
  await until('one reader', () => fixture.news.readers === 1)
  fixture.news.publish('4')
  assert.deepEqual([await numbers(live, 1), await numbers(resumed, 1)], [[4], [4]])
})

test('when everybody resumes, as after a restart, they share again', async () => {
  await using fixture = await openFixture()
  fixture.news.publish('1', '2', '3')
  await using stack = new AsyncDisposableStack()
  const followed = ['0', '1', '2', '3', '3'].map(after => stack.use(follow(fixture.wsUrl, FOLLOW, { after })))
  for (const [index, one] of followed.entries()) await numbers(one, Math.max(0, 3 - index))
  await until('all subscribed', () => fixture.news.opened === followed.length)
  await untilShared(fixture, followed)
})

test('other variables, other documents and subscriptions without cursors are executed by themselves', async () => {
  await using fixture = await openFixture()
  await using stack = new AsyncDisposableStack()
  const text = 'subscription ($topic: String) { changes(topic: $topic) { cursor } }'
  const followed = ['a', 'a', 'b'].map(topic => stack.use(follow(fixture.wsUrl, text, { topic })))
  for (const one of followed) await one.next()
  for (let n = 0; n < 20 && fixture.news.readers > 2; n += 1) {
    fixture.news.publish('x')
    for (const one of followed) await one.next()
  }
  assert.equal(fixture.news.readers, 2)
  const counted = [1, 2].map(() => stack.use(follow(fixture.wsUrl, 'subscription { countdown(from: 3) { value } }')))
  for (const one of counted) {
    const values: number[] = []
    while (values.length < 3) values.push((await one.next()).data.countdown.value)
    assert.deepEqual(values, [3, 2, 1])
  }
})

test('a client that does not read holds nobody up, costs a bounded amount, and gets everything when it reads again', async () => {
  await using fixture = await openFixture({ backlogBytes: 100_000 })
  await using stack = new AsyncDisposableStack()
  const followed = Array.from({ length: 3 }, () => stack.use(follow(fixture.wsUrl, FOLLOW)))
  const stalled = stack.use(follow(fixture.wsUrl, FOLLOW))
  for (const one of [...followed, stalled]) await one.next()
  let published = await untilShared(fixture, [...followed, stalled])
  stalled.socket()?.pause()
  const first = published + 1
  // More than the sockets of the system hold.
  const filling = 'x'.repeat(10_000)
  for (let round = 0; round < 100; round += 1) {
    fixture.news.publish(...Array.from({ length: 20 }, () => filling))
    published += 20
    for (const one of followed) await numbers(one, 20)
  }
  assert.equal(fixture.news.readers, 2, 'the stalled one is fed by itself')
  stalled.socket()?.resume()
  const missed = await numbers(stalled, published - first + 1)
  assert.deepEqual(
    missed,
    Array.from({ length: published - first + 1 }, (_, n) => first + n),
  )
  for (let n = 0; n < 20 && fixture.news.readers > 1; n += 1) {
    fixture.news.publish('x')
    for (const one of [...followed, stalled]) await numbers(one, 1)
  }
  assert.equal(fixture.news.readers, 1, 'and shares with the others once it has caught up')
})

test('several subscriptions of one socket are told apart', async () => {
  await using fixture = await openFixture()
  const client = await openRaw(fixture.wsUrl)
  for (const id of ['a', 'a longer "id"']) client.send({ id, type: 'subscribe', payload: { query: 'subscription { changes { cursor } }' } })
  assert.deepEqual(new Set([(await client.receive())['id'], (await client.receive())['id']]), new Set(['a', 'a longer "id"']))
  fixture.news.publish('x')
  assert.deepEqual(new Set([(await client.receive())['id'], (await client.receive())['id']]), new Set(['a', 'a longer "id"']))
  client.send({ id: 'a', type: 'complete' })
  client.send({ type: 'ping' })
  assert.deepEqual(await client.receive(), { type: 'pong' })
  fixture.news.publish('x')
  assert.deepEqual(await client.receive(), { id: 'a longer "id"', type: 'next', payload: { data: { changes: { cursor: '2' } } } })
  client.socket.close()
})

test('a lost subgraph comes back behind the last event: nothing is missed, nothing comes twice, the client notices nothing', async () => {
  await using fixture = await openFixture({ remote: true })
  await using followed = follow(fixture.wsUrl, FOLLOW)
  await followed.next()
  fixture.news.publish('1', '2')
  assert.deepEqual(await numbers(followed, 2), [1, 2])
  for (let round = 0; round < 3; round += 1) {
    const shuttingDown = new PoiError('SHUTTING_DOWN', 'The platform is shutting down.')
    fixture.news.breakStreams(shuttingDown)
    fixture.news.publish('more', 'more')
    assert.deepEqual(await numbers(followed, 2), [3 + round * 2, 4 + round * 2])
  }
})

test('a subgraph process that is restarted is resumed', async () => {
  await using stack = new AsyncDisposableStack()
  const news = openNews()
  const shop = openShop()
  const first = await serveSubgraph(news)
  const gateway = stack.use(
    await openGateway({
      supergraph: supergraphOf(),
      subgraphs: [
        { name: 'news', ...remoteAt(first) },
        { name: 'shop', subgraph: shop },
      ],
      logger: SILENT,
      registry: new Registry(),
    }),
  )
  const served = stack.use(await serveGateway(gateway))
  const followed = stack.use(follow(`${served.origin.replace('http', 'ws')}/graphql`, FOLLOW))
  await followed.next()
  news.publish('1')
  assert.deepEqual(await numbers(followed, 1), [1])
  await first[Symbol.asyncDispose]()
  news.publish('2', '3')
  stack.use(await serveSubgraph(news, first.port))
  assert.deepEqual(await numbers(followed, 2), [2, 3])
})
