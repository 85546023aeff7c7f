import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { WebSocket } from 'ws'
import { openFixture } from './gateway.fixture.ts'
import { follow } from './graphql-client.fixture.ts'
import { openRaw } from './raw-client.fixture.ts'

test('queries and mutations run over the socket too, with errors masked', async () => {
  await using fixture = await openFixture()
  const client = await openRaw(fixture.wsUrl)
  client.send({ id: 'q', type: 'subscribe', payload: { query: '{ newest fail }' } })
  const { type, payload } = (await client.receive()) as { type: string; payload: { data: unknown; errors: { extensions: object }[] } }
  assert.equal(type, 'next')
  assert.deepEqual(payload.data, { newest: 0, fail: null })
  assert.doesNotMatch(JSON.stringify(payload), /secret|db\.internal/)
  assert.deepEqual(await client.receive(), { id: 'q', type: 'complete' })
  client.socket.close()
})

test('an operation that cannot be executed is refused with its code', async () => {
  await using fixture = await openFixture()
  const client = await openRaw(fixture.wsUrl)
  for (const [query, code] of [
    ['{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{', 'GRAPHQL_PARSE_FAILED'],
    // graphql-js throws instead of refusing this one.
    ['subscription ($if: Boolean!) { changes @include(if: $if) { cursor } }', 'GRAPHQL_VALIDATION_FAILED'],
    ['{ items(first: 501) { edges { node { id } } } }', 'BAD_USER_INPUT'],
    [`{ ${Array.from({ length: 21 }, (_, n) => `a${n}: newest`).join(' ')} }`, 'TOO_MANY_ROOT_FIELDS'],
  ] as const) {
    client.send({ id: query.slice(0, 20), type: 'subscribe', payload: { query } })
    const message = (await client.receive()) as { id: string; type: string; payload: readonly { extensions: { code: string } }[] }
    assert.deepEqual([message.id, message.type, message.payload[0]?.extensions.code], [query.slice(0, 20), 'error', code])
  }
  client.socket.close()
})

test('who breaks the protocol is closed with the code that says how', async t => {
  await using fixture = await openFixture()
  const cases: readonly (readonly [name: string, code: number, misbehave: () => Promise<{ readonly closed: Promise<number> }>])[] = [
    [
      'no JSON',
      4400,
      async () => {
        const client = await openRaw(fixture.wsUrl)
        client.send('nonsense')
        return client
      },
    ],
    [
      'subscribe before connection_init',
      4401,
      async () => {
        const client = await openRaw(fixture.wsUrl, { init: false })
        client.send({ id: '1', type: 'subscribe', payload: { query: '{ newest }' } })
        return client
      },
    ],
    ['no subprotocol', 4406, () => openRaw(fixture.wsUrl, { init: false, protocols: [] })],
    [
      'an id that is in use',
      4409,
      async () => {
        const client = await openRaw(fixture.wsUrl)
        for (let n = 0; n < 2; n += 1)
          client.send({ id: '1', type: 'subscribe', payload: { query: 'subscription { changes { cursor } }' } })
        return client
      },
    ],
    [
      'connection_init twice',
      4429,
      async () => {
        const client = await openRaw(fixture.wsUrl)
        client.send({ type: 'connection_init' })
        return client
      },
    ],
    [
      'a frame over the limit',
      1009,
      async () => {
        const client = await openRaw(fixture.wsUrl)
        client.send(`"${'x'.repeat(1_100_000)}"`)
        return client
      },
    ],
  ]
  for (const [name, code, misbehave] of cases) {
    await t.test(`${name}: ${code}`, async () => {
      const client = await misbehave()
      assert.equal(await client.closed, code)
    })
  }
})

test('who says nothing is closed with 4408', async () => {
  await using fixture = await openFixture({ connectionInitMs: 50 })
  const client = await openRaw(fixture.wsUrl, { init: false })
  assert.equal(await client.closed, 4408)
})

test('one socket holds a bounded number of operations', async () => {
  await using fixture = await openFixture({ limits: { subscriptionsPerSocket: 2 } })
  const client = await openRaw(fixture.wsUrl)
  for (const id of ['1', '2', '3']) client.send({ id, type: 'subscribe', payload: { query: 'subscription { changes { cursor } }' } })
  const messages = [await client.receive(), await client.receive(), await client.receive()]
  const refused = messages.find(({ type }) => type === 'error') as { id: string; payload: readonly { extensions: { code: string } }[] }
  assert.deepEqual([refused.id, refused.payload[0]?.extensions.code], ['3', 'TOO_MANY_SUBSCRIPTIONS'])
  client.socket.close()
})

test('a page of another site cannot use the socket of whoever visits it', async () => {
  await using fixture = await openFixture()
  const socket = new WebSocket(fixture.wsUrl, 'graphql-transport-ws', { origin: 'https://elsewhere.example' })
  const [, response] = await once(socket, 'unexpected-response')
  assert.equal(response.statusCode, 403)
  const own = new WebSocket(fixture.wsUrl, 'graphql-transport-ws', { origin: new URL(fixture.url).origin })
  await once(own, 'open')
  own.terminate()
})

test('a subscription that cannot begin says why; one that ends, ends for the client', async () => {
  await using fixture = await openFixture()
  await using forged = follow(fixture.wsUrl, 'subscription { changes(after: "forged") { cursor } }')
  assert.equal((await forged.next()).errors?.[0]?.extensions.code, 'CURSOR_INVALID')
  await using counted = follow(fixture.wsUrl, 'subscription { countdown(from: 2) { value } }')
  assert.deepEqual((await counted.next()).data, { countdown: { value: 2 } })
  assert.deepEqual((await counted.next()).data, { countdown: { value: 1 } })
  await counted.ended
})

test('a subscription that fails in the middle is ended with a masked error', async () => {
  await using fixture = await openFixture()
  await using broken = follow(fixture.wsUrl, 'subscription { broken { value } }')
  const reason = await broken.ended.then(
    () => undefined,
    (errors: readonly { extensions: { code: string } }[]) => errors,
  )
  assert.equal(reason?.[0]?.extensions.code, 'INTERNAL_SERVER_ERROR')
  assert.doesNotMatch(JSON.stringify(reason), /secret|db\.internal/)
})
