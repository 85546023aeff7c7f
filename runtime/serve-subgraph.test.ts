import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildSchema, type GraphQLFieldResolver, type GraphQLSchema } from 'graphql'
import { createClient } from 'graphql-ws'
import { pino } from 'pino'
import { WebSocket } from 'ws'
import { PoiError } from './errors.ts'
import { serve } from './serve.ts'
import { subgraphEndpoint } from './serve-subgraph.ts'
import type { RequestContext, Subgraph } from './subgraph.ts'

const SILENT = pino({ level: 'silent' })

async function* twice(): AsyncGenerator<unknown> {
  yield { ids: 'first' }
  yield { ids: 'second' }
}

function subgraph(): Subgraph {
  const schema: GraphQLSchema = buildSchema('type Query { id: String! fail(told: Boolean!): Int } type Subscription { ids: String! }')
  const fields = { ...schema.getQueryType()?.getFields(), ...schema.getSubscriptionType()?.getFields() }
  const idOf: GraphQLFieldResolver<unknown, RequestContext> = (_, __, { correlationId }) => correlationId
  if (fields['id']) fields['id'].resolve = idOf
  if (fields['fail']) {
    fields['fail'].resolve = (_, { told }: { told?: boolean }) => {
      throw told ? new PoiError('OVERLOADED', 'Too much.') : new Error('secret')
    }
  }
  if (fields['ids']) fields['ids'].subscribe = () => twice()
  return {
    name: 'small',
    schema,
    sdl: '',
    context: request => request,
    missing: async () => [],
    routes: { '/images/': async (_, response) => void response.end('a picture') },
    [Symbol.asyncDispose]: async () => {},
  }
}

async function served() {
  return serve({
    host: '127.0.0.1',
    port: 0,
    ...subgraphEndpoint(subgraph(), SILENT),
    missing: async () => [],
    metrics: async () => '',
    logger: SILENT,
    drainDelayMs: 0,
  })
}

async function post(url: string, body: object, headers: Record<string, string> = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  })
  // biome-ignore lint/suspicious/noExplicitAny: the test looks at whatever it asked for
  return { status: response.status, ...((await response.json()) as { data?: any; errors?: any }) }
}

test('operations are answered with the correlation id of the gateway that sent them', async () => {
  await using server = await served()
  const { data } = await post(`${server.origin}/graphql`, { query: '{ id }' }, { 'x-correlation-id': 'from-the-gateway' })
  assert.deepEqual(data, { id: 'from-the-gateway' })
  const forged = await post(`${server.origin}/graphql`, { query: '{ id }' }, { 'x-correlation-id': 'a b' })
  assert.match(forged.data.id, /^[0-9a-f-]{36}$/)
})

test('errors are masked here already', async () => {
  await using server = await served()
  const hidden = await post(`${server.origin}/graphql`, { query: '{ fail(told: false) }' })
  assert.equal(hidden.errors[0].extensions.code, 'INTERNAL_SERVER_ERROR')
  assert.doesNotMatch(JSON.stringify(hidden), /secret/)
  const told = await post(`${server.origin}/graphql`, { query: '{ fail(told: true) }' })
  assert.equal(told.errors[0].extensions.code, 'OVERLOADED')
})

test('what is no operation is refused', async () => {
  await using server = await served()
  const url = `${server.origin}/graphql`
  assert.equal((await fetch(url)).status, 405)
  assert.equal((await post(url, {})).status, 400)
  assert.equal((await post(url, { query: '{' })).errors[0].extensions.code, 'GRAPHQL_PARSE_FAILED')
  assert.equal((await post(url, { query: '{ nothing }' })).errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED')
  assert.equal((await post(url, { query: 'subscription { ids }' })).status, 400)
})

test('subscriptions come over WebSocket; plain routes are served beside GraphQL', async () => {
  await using server = await served()
  const client = createClient({ url: `${server.origin.replace('http', 'ws')}/graphql`, webSocketImpl: WebSocket })
  const events: unknown[] = []
  for await (const { data } of client.iterate({ query: 'subscription { ids }' })) events.push(data)
  assert.deepEqual(events, [{ ids: 'first' }, { ids: 'second' }])
  await client.dispose()
  assert.equal(await (await fetch(`${server.origin}/images/x`)).text(), 'a picture')
})
