import assert from 'node:assert/strict'
import { test } from 'node:test'
import { serve } from '#runtime/serve.ts'
import { forwardTo } from './forward.ts'
import { SILENT } from './gateway.fixture.ts'

const LISTENER = { host: '127.0.0.1', port: 0, missing: async () => [], metrics: async () => '', logger: SILENT } as const

test('a picture of a subgraph is passed on with its type; nothing but its own host can be reached', async () => {
  const asked: (string | undefined)[] = []
  await using store = await serve({
    ...LISTENER,
    routes: {
      '/images/': (request, response) => {
        asked.push(request.url)
        response.writeHead(200, { 'content-type': 'image/png', 'set-cookie': 'private=1' }).end('a picture')
      },
    },
  })
  await using gateway = await serve({ ...LISTENER, routes: { '/images/': forwardTo(`${store.origin}/graphql`) } })
  const picture = await fetch(`${gateway.origin}/images/abc?size=1`)
  assert.deepEqual([picture.status, picture.headers.get('content-type'), await picture.text()], [200, 'image/png', 'a picture'])
  assert.equal(picture.headers.get('set-cookie'), null)
  assert.deepEqual(asked, ['/images/abc?size=1'])
  assert.equal((await fetch(`${gateway.origin}/images//elsewhere.example/x`)).status, 200)
  assert.equal((await fetch(`${gateway.origin}/images/abc`, { method: 'POST' })).status, 405)
})

test('a subgraph that cannot be reached is told with a code', async () => {
  await using gateway = await serve({ ...LISTENER, routes: { '/images/': forwardTo('http://127.0.0.1:1/graphql') } })
  const answer = await fetch(`${gateway.origin}/images/abc`)
  assert.equal(answer.status, 503)
  assert.match(await answer.text(), /SUBGRAPH_UNAVAILABLE/)
})
