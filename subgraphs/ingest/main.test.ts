import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url))

const temporaryDirectory = async (t: TestContext): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-ingest-main-'))
  t.after(() => rm(directory, { recursive: true }))
  return directory
}

/** The real process on a free port. */
const start = async (t: TestContext, env: Record<string, string>) => {
  const child = spawn(process.execPath, [MAIN], { env: { POI_PORT: '0', ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  const closed = once(child, 'close')
  t.after(async () => {
    child.kill('SIGKILL')
    await closed
  })
  for await (const line of createInterface(child.stdout)) {
    const { message, 'url.full': url } = JSON.parse(line)
    if (message === 'Serving') return { child, url: String(url), closed }
  }
  throw new Error('The process ended before it served')
}

const ask = async (url: string, query: string) => {
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ query }) })
  const { data, errors } = (await response.json()) as { data: Record<string, Record<string, string>>; errors?: unknown }
  assert.equal(errors, undefined)
  return data
}
const submit = (id: string) =>
  `mutation { submitPoi(input: { id: "${id}", name: "Café", category: "amenity/cafe", location: { latitude: 1, longitude: 2 },
    timestamp: "2024-05-01T12:00:00Z" }) { ... on PoiAccepted { receipt } } }`

test('the process serves, keeps what it accepted over a kill, and ends in order when asked', async t => {
  const POI_DATA_DIR = await temporaryDirectory(t)
  const first = await start(t, { POI_DATA_DIR })
  const { submitPoi } = await ask(first.url, submit('cafe-1'))
  first.child.kill('SIGKILL')
  await first.closed

  const second = await start(t, { POI_DATA_DIR })
  const { receipt } = await ask(second.url, `{ receipt(receipt: "${submitPoi?.['receipt']}") { state } }`)
  assert.deepEqual(receipt, { state: 'PENDING' })
  const { origin } = new URL(second.url)
  assert.equal((await fetch(`${origin}/health/ready`)).status, 200)
  assert.match(await (await fetch(`${origin}/metrics`)).text(), /^poi_ingest_records_total\{.*outcome="refused".*\} 0$/m)
  second.child.kill('SIGTERM')
  assert.deepEqual(await second.closed, [0, null])
})
