import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { parse, validate } from 'graphql'
import { serve } from '#runtime/serve.ts'
import { SILENT } from './gateway.fixture.ts'
import { ideRoutes } from './ide.ts'
import { inProcessSubgraph } from './in-process-subgraph.ts'
import { mockedSubgraph } from './mocked-subgraph.fixture.ts'
import { POI_TABS } from './poi-tabs.ts'
import { stitch } from './stitching.ts'
import { readSupergraph } from './supergraph.ts'

async function served() {
  const routes = await ideRoutes('/graphql', POI_TABS)
  return serve({ host: '127.0.0.1', port: 0, routes, missing: async () => [], metrics: async () => '', logger: SILENT, drainDelayMs: 0 })
}

test('the editor comes whole from here: every file the page names is there, and nothing may come from elsewhere', async () => {
  await using server = await served()
  const page = await fetch(`${server.origin}/ide`)
  assert.equal(page.url, `${server.origin}/ide/`)
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'.*script-src 'self';/)
  const html = await page.text()
  const files = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, file = '']) => file).filter(file => file !== '/ide/')
  assert.ok(files.includes('main.js') && files.includes('options.js'), String(files))
  for (const file of files) {
    assert.doesNotMatch(file, /^(https?:)?\/\//)
    const response = await fetch(`${server.origin}/ide/${file}`)
    assert.equal(response.status, 200, file)
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff')
    await response.body?.cancel()
  }
  assert.equal((await fetch(server.origin)).url, `${server.origin}/ide/`)
})

test('only files of the editor can be read', async () => {
  await using server = await served()
  for (const path of ['../package.json', '%2e%2e/package.json', '..%2fpackage.json', 'nothing.js', 'assets/../../package.json']) {
    assert.equal((await fetch(`${server.origin}/ide/${path}`)).status, 404, path)
  }
})

test('the options name the host that was asked for, and nothing that could end a string', async () => {
  await using server = await served()
  const options = await (await fetch(`${server.origin}/ide/options.js`)).text()
  for (const scheme of ['http', 'ws']) assert.ok(options.includes(`${scheme}://127.0.0.1:${server.port}/graphql`))
  assert.match(options, /poiChanges/)
})

test('the prefilled tabs are valid operations', async () => {
  const supergraph = readSupergraph(await readFile(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8'))
  const nobody = new Map(
    supergraph.subgraphs.map(({ name }) => [name, inProcessSubgraph(mockedSubgraph(name, 'type Query { nothing: Int }'))]),
  )
  const schema = stitch(supergraph, nobody)
  for (const { name, query, variables = '{}' } of POI_TABS) {
    assert.deepEqual(validate(schema, parse(query)), [], name)
    assert.doesNotThrow(() => JSON.parse(variables), name)
  }
})
