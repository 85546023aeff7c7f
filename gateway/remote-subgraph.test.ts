import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { OperationTypeNode, parse } from 'graphql'
import { PoiError } from '#runtime/errors.ts'
import { createBreaker } from './breaker.ts'
import { SILENT } from './gateway.fixture.ts'
import { remoteSubgraph } from './remote-subgraph.ts'
import { createRetryBudget } from './retry-budget.ts'

const { QUERY, MUTATION } = OperationTypeNode
const document = parse('{ newest }')

async function openServer(answer: (request: IncomingMessage, response: ServerResponse, nth: number) => void) {
  let requests = 0
  const server = createServer((request, response) => {
    requests += 1
    request.resume()
    answer(request, response, requests)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const breaker = createBreaker({ restMs: 60_000 })
  const target = remoteSubgraph({
    name: 'news',
    url: `http://127.0.0.1:${port}/graphql`,
    wsUrl: `ws://127.0.0.1:${port}/graphql`,
    logger: SILENT,
    breaker,
    budget: createRetryBudget(),
    deadlineMs: 200,
  })
  const execute = async (type: OperationTypeNode) => {
    const { data, errors } = await target.execute({ type, document, variables: {}, correlationId: 'c-1' })
    const [error] = errors ?? []
    const cause = error?.originalError
    return { data, code: cause instanceof PoiError ? cause.code : error?.extensions['code'], message: error?.message }
  }
  return {
    execute,
    breaker,
    target,
    requests: () => requests,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise(resolve => server.close(resolve))
    },
  }
}

const good = (response: ServerResponse) => response.end('{"data":{"newest":7}}')

test('a query that got no answer is sent once more; a mutation never is', async () => {
  await using server = await openServer((_, response, nth) => (nth % 2 === 1 ? response.destroy() : good(response)))
  assert.deepEqual((await server.execute(QUERY)).data, { newest: 7 })
  assert.equal(server.requests(), 2)
  assert.equal((await server.execute(MUTATION)).code, 'SUBGRAPH_UNAVAILABLE')
  assert.equal(server.requests(), 3)
})

test('an answer that takes too long is DEADLINE_EXCEEDED, and the query is not sent again', async () => {
  await using server = await openServer(() => {})
  assert.equal((await server.execute(QUERY)).code, 'DEADLINE_EXCEEDED')
  assert.equal(server.requests(), 1)
})

test('a dead subgraph is soon left alone', async () => {
  await using server = await openServer((_, response) => {
    response.statusCode = 503
    response.end()
  })
  for (let n = 0; n < 20; n += 1) assert.equal((await server.execute(QUERY)).code, 'SUBGRAPH_UNAVAILABLE')
  assert.equal(server.breaker.state, 'open')
  assert.equal(server.requests(), 5)
})

test('what is no GraphQL counts as unreachable, and says nothing of the host', async () => {
  await using server = await openServer((_, response) => response.end('<html>nginx at 10.0.0.1</html>'))
  const { code, message } = await server.execute(MUTATION)
  assert.equal(code, 'SUBGRAPH_UNAVAILABLE')
  assert.doesNotMatch(message ?? '', /127\.0\.0\.1|nginx|10\.0/)
})

test('it is ready when its process says so', async () => {
  await using ready = await openServer((_, response) => response.end('{}'))
  assert.deepEqual(await ready.target.missing(), [])
  await using waiting = await openServer((_, response) => {
    response.statusCode = 503
    response.end()
  })
  assert.deepEqual(await waiting.target.missing(), ['The subgraph news is not ready.'])
})
