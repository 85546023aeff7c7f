import assert from 'node:assert/strict'
import { request } from 'node:http'
import { connect } from 'node:net'
import { test } from 'node:test'
import { getIntrospectionQuery } from 'graphql'
import { serverAudits } from 'graphql-http'
import { pino } from 'pino'
import { ERROR_TABLE } from '#runtime/errors.ts'
import { openFixture } from './gateway.fixture.ts'
import { ask } from './graphql-client.fixture.ts'

test('GraphQL over HTTP is kept to the letter: every audit of the specification passes', async () => {
  await using fixture = await openFixture()
  const audits = serverAudits({
    url: fixture.url,
    fetchFn: (url: string, init: RequestInit = {}) =>
      fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), 'apollo-require-preflight': 'true' } }),
  })
  const failed: string[] = []
  for (const audit of audits) {
    const result = await audit.fn()
    if (result.status !== 'ok') failed.push(`${audit.id} ${audit.name}: ${result.reason}`)
  }
  assert.deepEqual(failed, [])
  assert.equal(audits.length, 61)
})

test('malformed JSON is answered with JSON that tells nothing of the inside', async () => {
  await using fixture = await openFixture()
  const response = await fetch(fixture.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"query":' })
  assert.equal(response.status, 400)
  assert.match(response.headers.get('content-type') ?? '', /^application\/json/)
  const { errors } = (await response.json()) as { errors: [{ message: string; extensions: { correlationId: string } }] }
  const [{ message, extensions }] = errors
  assert.equal(message, 'The body is not valid JSON.')
  assert.match(extensions.correlationId, /^[0-9a-f-]{36}$/)
  assert.deepEqual(extensions, { code: 'BAD_REQUEST', retryable: false, correlationId: extensions.correlationId })
})

test('a body over the limit is refused with 413 as JSON, announced or not', async () => {
  await using fixture = await openFixture()
  const body = JSON.stringify({ query: '{ newest }', variables: { filling: 'x'.repeat(2_000_000) } })
  const announced = await fetch(fixture.url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  assert.equal(announced.status, 413)
  assert.equal(((await announced.json()) as { errors: [{ extensions: { code: string } }] }).errors[0].extensions.code, 'PAYLOAD_TOO_LARGE')

  const chunked = await new Promise<number | undefined>((resolve, reject) => {
    const call = request(fixture.url, { method: 'POST', headers: { 'content-type': 'application/json' } }, response => {
      response.resume()
      resolve(response.statusCode)
    })
    call.on('error', reject)
    for (let at = 0; at < body.length; at += 100_000) call.write(body.slice(at, at + 100_000))
    call.end()
  })
  assert.equal(chunked, 413)
})

test('the refusal of an announced body does not wait for the body', async () => {
  await using fixture = await openFixture()
  const { hostname, port } = new URL(fixture.url)
  const socket = connect(Number(port), hostname)
  socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n{')
  const [chunk] = (await new Promise<Buffer[]>(resolve => socket.once('data', data => resolve([data])))) as [Buffer]
  assert.match(String(chunk), /^HTTP\/1.1 413 /)
  socket.destroy()
})

test('1,000 records of about 400 bytes fit into one mutation', async () => {
  await using fixture = await openFixture()
  const inputs = Array.from({ length: 1_000 }, (_, n) => ({ id: `id-${n}`, text: 'x'.repeat(340), at: { x: 1.5, y: 2.5 } }))
  const mutation =
    'mutation ($inputs: [NewsInput!]!) { publishAll(inputs: $inputs) { ... on Accepted { id receipt } ... on Refused { reason } } }'
  const { data } = await ask(fixture.url, mutation, { inputs })
  assert.equal(data.publishAll.length, 1_000)
  assert.deepEqual(data.publishAll[999], { id: 'id-999', receipt: 'receipt of id-999' })
})

test('neither batches, nor mutations by GET, nor simple requests that a page of another site could send', async () => {
  await using fixture = await openFixture()
  const batch = await fetch(fixture.url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ query: '{ newest }' }, { query: '{ newest }' }]),
  })
  assert.equal(batch.status, 400)
  const mutation = encodeURIComponent('mutation { publish(text: "x") }')
  const byGet = await fetch(`${fixture.url}?query=${mutation}`, { headers: { 'apollo-require-preflight': 'true' } })
  assert.equal(byGet.status, 405)
  const simpleGet = await fetch(`${fixture.url}?query=${encodeURIComponent('{ newest }')}`)
  assert.equal(simpleGet.status, 400)
  const simplePost = await fetch(fixture.url, { method: 'POST', body: JSON.stringify({ query: 'mutation { publish(text: "x") }' }) })
  assert.equal(simplePost.status, 400)
  assert.equal((await ask(fixture.url, '{ newest }')).data.newest, 0)
})

test('a browser that opens the endpoint is sent to the editor', async () => {
  await using fixture = await openFixture()
  const response = await fetch(fixture.url, { headers: { accept: 'text/html' }, redirect: 'manual' })
  assert.deepEqual([response.status, response.headers.get('location')], [302, '/ide/'])
})

test('what only gateways may ask of subgraphs is not there', async () => {
  await using fixture = await openFixture()
  for (const text of ['{ _service { sdl } }', '{ _entities(representations: []) { __typename } }']) {
    const { errors } = await ask(fixture.url, text)
    assert.equal(errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  }
})

test('every refusal tells its code, whether to try again, and what to look for in the logs', async () => {
  await using fixture = await openFixture()
  const json = { 'content-type': 'application/json', 'x-correlation-id': 'mine' }
  const post = (body: object) => fetch(fixture.url, { method: 'POST', headers: json, body: JSON.stringify(body) })
  const responses: readonly (readonly [code: string, Response])[] = [
    ['NOT_FOUND', await fetch(`${fixture.url}/elsewhere`)],
    ['BAD_REQUEST', await post([])],
    ['BAD_REQUEST', await post({})],
    ['BAD_REQUEST', await post({ query: 'subscription { changes { cursor } }' })],
    ['GRAPHQL_PARSE_FAILED', await post({ query: '{' })],
    ['GRAPHQL_VALIDATION_FAILED', await post({ query: '{ nothing }' })],
    ['OPERATION_RESOLUTION_FAILURE', await post({ query: '{ newest }', operationName: 'x' })],
    [
      'TOO_MANY_NODES',
      await post({ query: '{ items(first: 500) { edges { node { related(first: 500) { related(first: 9) { id } } } } } }' }),
    ],
    ['BAD_USER_INPUT', await post({ query: 'query ($v: Even!) { even(value: $v) }', variables: { v: 3 } })],
    ['BAD_USER_INPUT', await post({ query: '{ items(first: 501) { edges { node { id } } } }' })],
  ]
  for (const [code, response] of responses) {
    const { errors } = (await response.json()) as { errors: readonly { extensions: Record<string, unknown> }[] }
    const { code: told, retryable, correlationId } = errors[0]?.extensions ?? {}
    assert.deepEqual([told, retryable, typeof correlationId], [code, false, 'string'], JSON.stringify(errors))
  }
})

test('methods that mean nothing here are refused with those that do', async () => {
  await using fixture = await openFixture()
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', 'HEAD']) {
    const response = await fetch(fixture.url, { method })
    assert.deepEqual([method, response.status, response.headers.get('allow')], [method, 405, 'GET, POST'])
  }
})

test('each limit has its code and is found at once', async () => {
  await using fixture = await openFixture()
  const items = (body: string) => `{ items(first: 1) { edges { node { ${body} } } } }`
  const deep = (levels: number): string => (levels === 0 ? 'id' : `related(first: 1) { ${deep(levels - 1)} }`)
  const cases: readonly (readonly [code: string, text: string])[] = [
    ['QUERY_TOO_LONG', `{ ${'newest '.repeat(15_001)} }`],
    ['QUERY_TOO_DEEP', items(deep(14))],
    ['TOO_MANY_FIELDS', items('related(first: 1) { id } '.repeat(1_500))],
    ['TOO_MANY_ALIASES', items(Array.from({ length: 31 }, (_, n) => `a${n}: id`).join(' '))],
    ['TOO_MANY_DIRECTIVES', items('id @include(if: true) '.repeat(51))],
    ['TOO_MANY_ROOT_FIELDS', `{ ${Array.from({ length: 21 }, (_, n) => `a${n}: newest`).join(' ')} }`],
    ['TOO_MANY_ROOT_FIELDS', `mutation { ${Array.from({ length: 11 }, (_, n) => `a${n}: publish(text: "x")`).join(' ')} }`],
    ['TOO_MANY_NODES', '{ items(first: 500) { edges { node { related(first: 500) { related(first: 500) { id } } } } } }'],
    ['BAD_USER_INPUT', '{ items(first: 501) { edges { node { id } } } }'],
    ['BAD_USER_INPUT', '{ items(first: 0) { edges { node { id } } } }'],
    ['GRAPHQL_PARSE_FAILED', '{'],
    ['GRAPHQL_VALIDATION_FAILED', '{ nothing }'],
  ]
  for (const [code, text] of cases) {
    const { errors, data, status } = await ask(fixture.url, text)
    const codes = errors?.map(error => error.extensions.code)
    assert.ok(codes?.includes(code), `${code} for ${text.slice(0, 100)}: ${JSON.stringify(codes)}`)
    assert.equal(data, undefined)
    assert.equal(status, 400)
  }
  const { errors } = await ask(fixture.url, 'query ($n: Int!) { items(first: $n) { edges { node { id } } } }', { n: 1_000 })
  assert.match(errors?.[0]?.message ?? '', /must be 1 to 500; got 1000/)
})

test('fragments cannot multiply past the limits', async () => {
  await using fixture = await openFixture()
  const fragments = Array.from(
    { length: 13 },
    (_, n) => `fragment F${n} on Item { a: related(first: 1) { ...F${n + 1} } b: related(first: 1) { ...F${n + 1} } }`,
  )
  const { errors } = await ask(fixture.url, `{ item(id: "1") { ...F0 } } ${fragments.join(' ')} fragment F13 on Item { id }`)
  const codes = errors?.map(error => error.extensions.code)
  assert.ok(codes?.includes('TOO_MANY_ALIASES') && codes.includes('TOO_MANY_FIELDS'), String(codes))
})

for (const remote of [false, true]) {
  test(`clients see written sentences and codes, never what a library or a host said (${remote ? 'remote' : 'in process'})`, async () => {
    const lines: string[] = []
    const logger = pino({ level: 'warn' }, { write: line => void lines.push(line) })
    await using fixture = await openFixture({ remote, logger })

    const masked = await ask(fixture.url, '{ fail }')
    const [error] = masked.errors ?? []
    assert.equal(error?.extensions.code, 'INTERNAL_SERVER_ERROR')
    assert.deepEqual(error?.path, ['fail'])
    assert.doesNotMatch(JSON.stringify(masked), /secret|db\.internal|stack/)
    if (!remote) assert.ok(lines.some(line => line.includes('db.internal') && line.includes(error?.extensions.correlationId)))

    const told = await ask(fixture.url, '{ fail(code: "OVERLOADED") }')
    const [{ message = '', extensions = {} } = {}] = told.errors ?? []
    assert.equal(message, 'Too much at once.')
    const { retryable, retryAfterMs } = ERROR_TABLE.OVERLOADED
    assert.deepEqual(
      { ...extensions, correlationId: typeof extensions.correlationId },
      { code: 'OVERLOADED', retryable, retryAfterMs, correlationId: 'string' },
    )
    assert.doesNotMatch(JSON.stringify(told), /secret|db\.internal/)
  })

  test(`a value of the wrong form is the client's fault, in the words of the subgraph (${remote ? 'remote' : 'in process'})`, async () => {
    await using fixture = await openFixture({ remote })
    const variable = await ask(fixture.url, 'query ($v: Even!) { even(value: $v) }', { v: 3 })
    assert.equal(variable.errors?.[0]?.extensions.code, 'BAD_USER_INPUT')
    assert.match(variable.errors?.[0]?.message ?? '', /An even number was wanted; got 3/)
    const literal = await ask(fixture.url, '{ even(value: 3) }')
    assert.match(literal.errors?.[0]?.message ?? '', /An even number was wanted; got 3/)
    assert.match(literal.errors?.[0]?.extensions.code, /^(BAD_USER_INPUT|GRAPHQL_VALIDATION_FAILED)$/)
  })
}

test('a stitched answer keeps the codes of its subgraphs, and hides what they hide', async () => {
  await using fixture = await openFixture()
  const { data, errors = [] } = await ask(fixture.url, '{ item(id: "1") { name } told: fail(code: "OVERLOADED") hidden: fail }')
  assert.deepEqual(data, { item: { name: 'named 1' }, told: null, hidden: null })
  assert.deepEqual(
    new Set(errors.map(({ path, extensions }) => `${path} ${extensions.code}`)),
    new Set(['told OVERLOADED', 'hidden INTERNAL_SERVER_ERROR']),
  )
  assert.doesNotMatch(JSON.stringify(errors), /secret|db\.internal/)
})

test('in production nobody learns the schema by asking or by misspelling', async () => {
  await using fixture = await openFixture({ introspection: false })
  const asked = await ask(fixture.url, getIntrospectionQuery())
  assert.equal(asked.errors?.[0]?.extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  const misspelt = await ask(fixture.url, '{ newst }')
  assert.doesNotMatch(JSON.stringify(misspelt), /newest|Did you mean/)
})

test('by default an editor can ask for the schema', async () => {
  await using fixture = await openFixture()
  const { data, errors } = await ask(fixture.url, getIntrospectionQuery({ inputValueDeprecation: true, specifiedByUrl: true }))
  assert.equal(errors, undefined)
  const names = data.__schema.types.map((type: { name: string }) => type.name)
  assert.ok(names.includes('Item'))
  assert.ok(!names.some((name: string) => /^(join__|link__|_Any|_Service)/.test(name)), String(names))
})

test('a subscription over HTTP is told where it is served', async () => {
  await using fixture = await openFixture()
  const { errors } = await ask(fixture.url, 'subscription { changes { cursor } }')
  assert.match(errors?.[0]?.message ?? '', /WebSocket/)
})

test('operations are counted by type and code', async () => {
  await using fixture = await openFixture()
  await ask(fixture.url, '{ newest }')
  await ask(fixture.url, '{ fail(code: "OVERLOADED") }')
  await ask(fixture.url, '{')
  const text = await fixture.registry.metrics()
  assert.match(text, /poi_gateway_requests_total\{operation_type="query",code="OK"\} 1/)
  assert.match(text, /poi_gateway_requests_total\{operation_type="query",code="OVERLOADED"\} 1/)
  assert.match(text, /poi_gateway_requests_total\{operation_type="unknown",code="GRAPHQL_PARSE_FAILED"\} 1/)
  assert.match(text, /poi_gateway_subgraph_request_duration_seconds_count\{subgraph="news"\} 2/)
})
