import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { type Dataset, numbered } from '../datasets/dataset.ts'
import type { PoiInput } from '../import/row.ts'
import { startPlatform } from '../platform.fixture.ts'
import { importDemo, isDemoDue, isEmpty } from './import-demo.ts'
import { changed, runLiveDemo } from './live-demo.ts'

const ZURICH: PoiInput = {
  id: 'airport:LSZH',
  sourceId: 'ourairports',
  name: 'Zürich Airport',
  category: 'large_airport',
  description: 'Zürich, Switzerland',
  location: { latitude: 47.458056, longitude: 8.548056 },
  timestamp: '2026-02-16T17:16:16.000Z',
  attributes: { iata: 'ZRH' },
}

const SMALL: Dataset = {
  name: 'small',
  version: 'small@1',
  rows: 6_000,
  attribution: '',
  read: () => numbered(Array.from({ length: 6_000 }, (_, index) => ({ ...ZURICH, id: `airport:${index}` }))),
}

test('the demo is due on an empty platform, and goes on where it was interrupted', async t => {
  await using platform = await startPlatform()
  const directory = await mkdtemp(join(tmpdir(), 'poi-demo-'))
  t.after(() => rm(directory, { recursive: true }))
  const { url } = platform
  const statePath = join(directory, 'demo.json')
  const abort = new AbortController()
  assert.equal(await isDemoDue({ url, statePath, signal: abort.signal }), true)

  const importing = importDemo({ url, statePath, signal: abort.signal, dataset: SMALL })
  const interrupted = assert.rejects(importing, { name: 'AbortError' })
  await platform.acceptedAtLeast(3_000)
  abort.abort()
  await interrupted

  const { signal } = new AbortController()
  assert.equal(await isEmpty(url, signal), false)
  assert.equal(await isDemoDue({ url, statePath, signal }), true)
  const sentBefore = platform.batches.flat().length
  const fractions: (number | undefined)[] = []
  const judged = await importDemo({ url, statePath, signal, dataset: SMALL, onProgress: ({ fraction }) => fractions.push(fraction) })
  assert.deepEqual(judged, { row: 6_000, accepted: 6_000, refused: 0 })
  assert.equal(fractions.at(-1), 1)
  assert.ok(platform.batches.flat().length - sentBefore < 6_000)
  assert.equal(new Set(platform.batches.flat()).size, 6_000)
  assert.equal(await isDemoDue({ url, statePath, signal }), false)
})

test('the live demo updates demo airports only, keeps their other fields and adds no ids', async () => {
  await using platform = await startPlatform()
  platform.add(ZURICH)
  platform.add({ ...ZURICH, id: 'airport:LOWW', name: 'Vienna Airport' })
  platform.add({ ...ZURICH, id: 'shop:1', category: 'shop' })
  const abort = new AbortController()
  const running = runLiveDemo({ url: platform.url, signal: abort.signal })
  await platform.acceptedAtLeast(5)
  abort.abort()
  await running
  assert.deepEqual(platform.batches[0]?.toSorted(), ['airport:LOWW', 'airport:LSZH'])
  const update = platform.state.accepted.slice(3).find(({ id }) => id === 'airport:LSZH')
  const { timestamp = '', attributes } = update ?? {}
  assert.deepEqual(update, {
    ...ZURICH,
    sourceId: 'demo',
    status: 'TEMPORARILY_CLOSED',
    timestamp,
    attributes: { iata: 'ZRH', demo: { reason: 'runway inspection', since: timestamp } },
  })
  const poi = { ...ZURICH, description: null, status: 'TEMPORARILY_CLOSED' as const, attributes: attributes ?? null }
  const opened = changed(poi, '2026-05-01T00:00:00.000Z')
  assert.equal(opened.status, 'OPEN')
  assert.deepEqual(opened.attributes, { iata: 'ZRH' })
})

test('the live demo waits for a platform without demo airports, and ends when it is told to', async () => {
  await using platform = await startPlatform()
  const abort = new AbortController()
  const running = runLiveDemo({ url: platform.url, signal: abort.signal })
  abort.abort()
  await running
  await runLiveDemo({ url: 'http://127.0.0.1:1/graphql', signal: AbortSignal.timeout(50) })
  assert.equal(platform.batches.length, 0)
})
