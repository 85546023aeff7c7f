import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildSchema, getOperationAST, type OperationDefinitionNode, parse, print, validate } from 'graphql'
import { liveSubscriptionOf } from './live-subscription.ts'

const schema = buildSchema(`
  scalar Cursor
  interface Event { cursor: Cursor! }
  type Changed implements Event { cursor: Cursor! text: String! }
  type Count { value: Int! }
  type Query { nothing: Int }
  type Subscription { changes(after: Cursor, topic: String): Event! count(after: Cursor): Count! ticks: Event! }
`)

function live(text: string) {
  const document = parse(text)
  assert.deepEqual(validate(schema, document), [])
  return liveSubscriptionOf(schema, document, getOperationAST(document) as OperationDefinitionNode)
}

test('the rewritten document asks for the cursor and takes a position', () => {
  const subscription = live('subscription ($topic: String) { seen: changes(topic: $topic) { ... on Changed { text } } }')
  assert.ok(subscription !== undefined)
  assert.equal(
    print(subscription.document),
    print(
      parse(`subscription ($topic: String, $_gatewayAfter: Cursor) {
        seen: changes(topic: $topic, after: $_gatewayAfter) { ... on Changed { text } _gatewayCursor: cursor }
      }`),
    ),
  )
  assert.deepEqual(validate(schema, subscription.document), [])
  assert.deepEqual(subscription.variables({ topic: 'x', other: 1 }, undefined), { topic: 'x' })
  assert.deepEqual(subscription.variables({ topic: 'x' }, 'c7'), { topic: 'x', _gatewayAfter: 'c7' })
})

test("the client's own position is found wherever it wrote it, and its variable goes with it", () => {
  for (const [text, variables, after] of [
    ['subscription { changes { cursor } }', {}, undefined],
    ['subscription { changes(after: null) { cursor } }', {}, undefined],
    ['subscription { changes(after: "c1") { cursor } }', {}, 'c1'],
    ['subscription ($from: Cursor) { changes(after: $from) { cursor } }', { from: 'c2' }, 'c2'],
    ['subscription ($from: Cursor) { changes(after: $from) { cursor } }', { from: null }, undefined],
    ['subscription ($from: Cursor = "c3") { changes(after: $from) { cursor } }', {}, 'c3'],
    ['subscription ($from: Cursor) { ...F } fragment F on Subscription { changes(after: $from) { cursor } }', { from: 'c4' }, 'c4'],
  ] as const) {
    const subscription = live(text)
    assert.ok(subscription !== undefined, text)
    assert.equal(subscription.after(variables), after, text)
    assert.deepEqual(validate(schema, subscription.document), [], text)
    assert.doesNotMatch(print(subscription.document), /\$from/, text)
  }
})

test('the hidden cursor is taken out of the data', () => {
  const subscription = live('subscription { seen: changes { cursor } }')
  const data = { seen: { cursor: 'c1', _gatewayCursor: 'c1' } }
  assert.equal(subscription?.takeCursor(data), 'c1')
  assert.deepEqual(data, { seen: { cursor: 'c1' } })
  assert.equal(subscription?.takeCursor(null), undefined)
})

test('without `after`, without `cursor`, or under a condition there is nothing to resume', () => {
  assert.equal(live('subscription { count { value } }'), undefined)
  assert.equal(live('subscription { ticks { cursor } }'), undefined)
  assert.equal(live('subscription { changes @include(if: true) { cursor } }'), undefined)
  assert.equal(live('subscription { ... @include(if: true) { changes { cursor } } }'), undefined)
})
