/** The four processes on one SQLite log: the same platform, each part in a process of its own, and a part killed in the middle. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, follow, until } from './client.ts'
import { startPlatform, temporaryDirectory } from './platform.ts'

const SUBMIT = 'mutation ($inputs: [PoiInput!]!) { submitPois(inputs: $inputs) { accepted results { ... on PoiAccepted { receipt } } } }'
const FOLLOW = `subscription { poiChanges { __typename cursor
  ... on PoiChange { eventId poi { id history(first: 1) { edges { node { eventId } } } } } ... on StreamGap { dropped } } }`

interface Event {
  readonly __typename: string
  readonly eventId?: string
  readonly poi?: { readonly id: string; readonly history: { readonly edges: readonly { readonly node: { readonly eventId: string } }[] } }
}

test('mutations, subscriptions and queries cross all four processes; the pipeline is killed and nothing is lost', async () => {
  await using directory = await temporaryDirectory()
  const dataDir = directory.path
  const start = (program: string, env: Record<string, string> = {}) => startPlatform({ dataDir, program, args: [], env })
  await using ingest = await start('subgraphs/ingest/main.ts')
  const pipeline = await start('subgraphs/pipeline/main.ts')
  await using store = await start('subgraphs/store/main.ts')
  await using gateway = await start('gateway/main.ts', {
    POI_INGEST_URL: ingest.url,
    POI_PIPELINE_URL: pipeline.url,
    POI_STORE_URL: store.url,
  })

  const events: Event[] = []
  await using _subscription = follow<Event>(gateway.wsUrl, FOLLOW, {}, event => void events.push(event))
  await until(
    'the subscription stands',
    10,
    async () => events.length,
    n => n > 0,
  )

  let sent = 0
  const submit = async (records: number) => {
    const inputs = Array.from({ length: records }, () => {
      sent += 1
      const timestamp = new Date(Date.UTC(2026, 0, 1) + sent * 1_000).toISOString()
      return { id: `process-${sent % 50}`, name: `Number ${sent}`, category: 'test', location: { latitude: 1, longitude: 2 }, timestamp }
    })
    const { submitPois } = await ask<{ submitPois: { accepted: number; results: { receipt: string }[] } }>(gateway.url, SUBMIT, { inputs })
    assert.equal(submitPois.accepted, records)
    return submitPois.results.at(-1)?.receipt
  }

  const receipt = await submit(200)
  const { poi } = await ask<{ poi: { name: string; version: number } }>(
    gateway.url,
    'query ($id: ID!, $receipt: Receipt!) { poi(id: $id, atLeast: $receipt, waitMs: 10000) { name version } }',
    { id: `process-${sent % 50}`, receipt },
  )
  assert.equal(poi.name, `Number ${sent}`)
  assert.equal(poi.version, 4)

  // Accepted while nobody processes; processed once somebody does, and the subscriber behind the gateway sees no break.
  await pipeline.stop('SIGKILL')
  await submit(300)
  await using _again = await start('subgraphs/pipeline/main.ts', { POI_PORT: new URL(pipeline.url).port })
  const changes = () => events.filter(event => event.__typename === 'PoiChange')
  await until(
    'every change came through',
    30,
    async () => changes().length,
    n => n >= sent,
  )
  assert.equal(new Set(changes().map(event => event.eventId)).size, sent)
  assert.equal(changes().length, sent)
  assert.ok(
    changes().every(event => event.poi?.history.edges.length === 1),
    'the store answered for each event',
  )
})

test('a second process of a role that only one may have is refused with the reason', async () => {
  await using directory = await temporaryDirectory()
  await using _first = await startPlatform({ dataDir: directory.path })
  await assert.rejects(startPlatform({ dataDir: directory.path }), /already the platform of the data directory/)
})
