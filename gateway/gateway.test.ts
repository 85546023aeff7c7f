import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openFixture } from './gateway.fixture.ts'
import { ask, follow } from './graphql-client.fixture.ts'

for (const remote of [false, true]) {
  const where = remote ? 'subgraphs of other processes' : 'subgraphs of this process'

  test(`one endpoint answers from one subgraph and from several (${where})`, async () => {
    await using fixture = await openFixture({ remote })
    fixture.shop.prices.set('7', 70)
    const { data, errors } = await ask(fixture.url, '{ newest headline { id name price } item(id: "3") { name } __typename }')
    assert.equal(errors, undefined)
    assert.deepEqual(data, { newest: 0, headline: { id: '7', name: 'named 7', price: 70 }, item: { name: 'named 3' }, __typename: 'Query' })
  })

  test(`a mutation and a subscription over HTTP and WebSocket (${where})`, async () => {
    await using fixture = await openFixture({ remote })
    await using events = follow(fixture.wsUrl, 'subscription { changes { __typename cursor ... on Changed { number text } } }')
    assert.deepEqual((await events.next()).data, { changes: { __typename: 'Beat', cursor: '0' } })
    assert.deepEqual((await ask(fixture.url, 'mutation { publish(text: "hello") }')).data, { publish: 1 })
    assert.deepEqual((await events.next()).data, { changes: { __typename: 'Changed', cursor: '1', number: 1, text: 'hello' } })
  })

  test(`every event of a subscription gets what the store knows then, not what it knew before (${where})`, async () => {
    await using fixture = await openFixture({ remote })
    await using events = follow(fixture.wsUrl, 'subscription { changes(after: "0") { ... on Changed { text item { id name price } } } }')
    for (const [number, price] of [
      [1, 10],
      [2, 20],
    ] as const) {
      fixture.shop.prices.set(String(number), price)
      fixture.news.publish(`line ${number}`)
      const { data, errors } = await events.next()
      assert.equal(errors, undefined)
      assert.deepEqual(data.changes, { text: `line ${number}`, item: { id: String(number), name: `named ${number}`, price } })
    }
  })
}
