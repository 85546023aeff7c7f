import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { buildSchema, parse } from 'graphql'
import { sizeFaults } from './answer-size.ts'
import { fragmentsOf } from './fragments.ts'
import { openFixture } from './gateway.fixture.ts'
import { ask } from './graphql-client.fixture.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { openRaw } from './raw-client.fixture.ts'

const nested = (open: string, levels: number, close: string, core = '') => open.repeat(levels) + core + close.repeat(levels)
const chain = (levels: number, body: (next: string) => string) =>
  Array.from({ length: levels }, (_, n) => `fragment F${n} on Query { ${body(`F${n + 1}`)} }`).join(' ')
const twice = (next: string) => `...${next} ...${next}`

const BOMBS: readonly (readonly [what: string, code: string, text: string])[] = [
  ['an unknown end', 'GRAPHQL_VALIDATION_FAILED', `{ ...F0 } ${chain(40, twice)} fragment F40 on Query { ...Nope }`],
  ['a cycle', 'GRAPHQL_VALIDATION_FAILED', `{ ...F0 } ${chain(40, twice)} fragment F40 on Query { ...F0 }`],
  ['a field at the end', 'TOO_MANY_ROOT_FIELDS', `{ ...F0 } ${chain(40, twice)} fragment F40 on Query { newest }`],
  [
    'fields at each level',
    'TOO_MANY_FIELDS',
    `{ ...F0 } ${chain(40, next => `x { ...${next} } y { ...${next} }`)} fragment F40 on Query { newest }`,
  ],
  ['nobody spreading it', 'TOO_MANY_FIELDS', `{ newest } ${chain(40, twice)} fragment F40 on Query { newest }`],
]
for (const [what, code, text] of BOMBS) {
  test(`a bomb of fragments with ${what} is refused at once`, async () => {
    await using fixture = await openFixture()
    await ask(fixture.url, '{ newest }')
    const begun = performance.now()
    const { status, errors = [] } = await ask(fixture.url, text)
    const took = performance.now() - begun
    assert.equal(status, 400)
    assert.ok(
      errors.some(error => error.extensions.code === code),
      JSON.stringify(errors),
    )
    // Some ms on a quiet machine; 2^40 steps would not end. What counts is the order of magnitude, not how busy the machine is.
    assert.ok(took <= 5_000, `It took ${took} ms`)
  })
}

const DEEP: readonly (readonly [what: string, text: string])[] = [
  ['fields', nested('{a', 5_000, '}')],
  ['inline fragments', `{${nested('...{', 3_700, '}', '__typename')}}`],
  ['lists', `{ item(id: ${nested('[', 7_000, ']')}) { id } }`],
  ['objects', `{ item(id: ${nested('{a:', 3_700, '}', '1')}) { id } }`],
  ['types', `query ($a: ${nested('[', 6_000, ']', 'Int')}) { newest }`],
  ['fragments in fragments', `{ ...F0 } ${chain(1_800, next => `...${next}`)} fragment F1800 on Query { newest }`],
]

test('what is nested too deep is refused by name, whatever is nested', async () => {
  await using fixture = await openFixture()
  for (const [what, text] of DEEP) {
    const { status, errors } = await ask(fixture.url, text)
    assert.deepEqual([what, status, errors?.[0]?.extensions.code], [what, 400, 'QUERY_TOO_DEEP'])
  }
  const response = await fetch(fixture.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: `{"query":"query ($v: Even!) { even(value: $v) }","variables":{"v":${nested('[', 100_000, ']')}}}`,
  })
  const { errors } = (await response.json()) as { errors: readonly { extensions: { code: string } }[] }
  assert.deepEqual([response.status, errors[0]?.extensions.code], [400, 'QUERY_TOO_DEEP'])
})

test('on a WebSocket it ends that operation alone', async () => {
  await using fixture = await openFixture()
  const client = await openRaw(fixture.wsUrl)
  client.send({ id: 'live', type: 'subscribe', payload: { query: 'subscription { changes { cursor } }' } })
  assert.equal((await client.receive())['id'], 'live')
  for (const [id, query] of DEEP) {
    client.send({ id, type: 'subscribe', payload: { query } })
    const message = (await client.receive()) as { id: string; type: string; payload: readonly { extensions: { code: string } }[] }
    assert.deepEqual([message.id, message.type, message.payload[0]?.extensions.code], [id, 'error', 'QUERY_TOO_DEEP'])
  }
  const payload = `{"query":"query ($v: Even!) { even(value: $v) }","variables":{"v":${nested('[', 100_000, ']')}}}`
  client.send(`{"id":"variables","type":"subscribe","payload":${payload}}`)
  const refused = await client.receive()
  assert.deepEqual([refused['id'], refused['type']], ['variables', 'error'])
  fixture.news.publish('still here')
  assert.deepEqual([(await client.receive())['id'], client.socket.readyState], ['live', client.socket.OPEN])
  client.socket.close()
})

const POI =
  'id version sourceId name localName(language: "de") category categoryPath description location { latitude longitude geohash } ' +
  'status timestamp updatedAt removed attributes imageUrl'
const VERSION = 'eventId version kind occurredAt changed name category location { latitude longitude } rulesVersion'

test('the size of an answer counts every field of it; what people ask for fits', async () => {
  const store = await readFile(new URL('../schema/store.graphql', import.meta.url), 'utf8')
  const schema = buildSchema(store, { assumeValidSDL: true })
  const messageOf = (text: string) => {
    const document = parse(text)
    const [operation] = document.definitions
    assert.ok(operation?.kind === 'OperationDefinition')
    return sizeFaults(schema, operation, fragmentsOf(document), {}, DEFAULT_LIMITS)[0]?.message
  }
  const page = (fields: string, first = 500) =>
    `{ pois(first: ${first}) { totalCount pageInfo { endCursor hasNextPage } edges { cursor node { ${fields} } } } }`
  const everything = `${POI} history(first: 5) { edges { node { ${VERSION} } } } nearby(first: 10) { distanceMeters poi { ${POI} } }`
  assert.equal(messageOf(page(everything)), undefined)
  assert.equal(messageOf(page(POI)), undefined)
  assert.match(
    messageOf('{ pois(first: 499) { edges { node { nearby(first: 500) { poi { id attributes description } } } } } }') ?? '',
    /could hold 1248499 fields; at most 500000/,
  )
  const aliases = Array.from({ length: 10 }, (_, n) => `a${n}: description`).join(' ')
  assert.match(messageOf(page(`nearby(first: 100) { poi { ${aliases} } }`)) ?? '', /at most 500000/)
  assert.match(messageOf(page('nearby(first: 400) { __typename poi { __typename } }')) ?? '', /at most 500000/)
})
