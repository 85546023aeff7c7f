import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { remoteAt, serveSubgraph, supergraphOf } from './gateway.fixture.ts'
import { ask, follow } from './graphql-client.fixture.ts'
import { openNews } from './news.fixture.ts'
import { openShop } from './shop.fixture.ts'

const MAIN = join(import.meta.dirname, 'main.ts')

test('the gateway process serves any supergraph, and ends when asked', async t => {
  await using stack = new AsyncDisposableStack()
  const news = openNews()
  const urls = {
    news: remoteAt(stack.use(await serveSubgraph(news))).url,
    shop: remoteAt(stack.use(await serveSubgraph(openShop()))).url,
  }
  const directory = await mkdtemp(join(tmpdir(), 'poi-gateway-'))
  stack.defer(() => rm(directory, { recursive: true }))
  const file = join(directory, 'supergraph.graphql')
  await writeFile(file, supergraphOf(urls))

  const child = spawn(process.execPath, [MAIN, '--supergraph', file, '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  let url = ''
  for await (const line of createInterface({ input: child.stdout })) {
    url = JSON.parse(line)['url.full'] ?? ''
    if (url !== '') break
  }
  child.stdout.resume()
  assert.deepEqual((await ask(url, '{ newest headline { price } }')).data, { newest: 0, headline: { price: 0 } })
  await using followed = follow(url.replace('http', 'ws'), 'subscription { changes { cursor } }')
  assert.deepEqual((await followed.next()).data, { changes: { cursor: '0' } })
  assert.equal((await fetch(new URL('/ide/', url))).status, 200)

  const gone = once(child, 'exit')
  child.kill('SIGTERM')
  const reason = (await followed.ended.then(
    () => undefined,
    (closed: unknown) => closed,
  )) as { readonly code?: number }
  assert.equal(reason?.code, 1012)
  assert.deepEqual(await gone, [0, null])
})

test('a configuration with faults names each of them and ends with code 2', async () => {
  const child = spawn(process.execPath, [MAIN], {
    env: { ...process.env, POI_HOST: '0.0.0.0', POI_PORT: 'many' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let told = ''
  child.stderr.on('data', data => {
    told += data
  })
  const [code] = await once(child, 'exit')
  assert.equal(code, 2)
  assert.match(told, /POI_PORT: wanted a TCP port/)
})
