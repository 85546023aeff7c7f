/** POIs as heavy as they may be: an answer that would be too large is refused soon, and the platform serves on. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, until } from './client.ts'
import { startPlatform, temporaryDirectory } from './platform.ts'

const POIS = 500

test('heavy POIs under thirty names, and with their neighbours, neither stop the platform nor end it', async () => {
  await using directory = await temporaryDirectory()
  await using platform = await startPlatform({ dataDir: directory.path })
  const attributes = { text: 'x'.repeat(30_000) }
  for (let at = 0; at < POIS; at += 20) {
    const inputs = Array.from({ length: 20 }, (_, i) => ({
      id: `heavy-${at + i}`,
      name: 'Heavy',
      category: 'test',
      location: { latitude: 1, longitude: 1 },
      timestamp: '2026-01-01T00:00:00Z',
      attributes,
    }))
    await ask(platform.url, 'mutation ($inputs: [PoiInput!]!) { submitPois(inputs: $inputs) { refused } }', { inputs })
  }
  await until(
    'all stored',
    30,
    () => ask<{ pois: { totalCount: number } }>(platform.url, '{ pois(first: 1) { totalCount } }'),
    ({ pois }) => pois.totalCount === POIS,
  )
  const names = Array.from({ length: 30 }, (_, i) => `a${i}: attributes`).join(' ')
  const around = 'nearby(first: 200) { poi { attributes } }'
  for (const fields of [names, around]) {
    const asked = ask(platform.url, `{ pois(first: ${POIS}) { edges { node { ${fields} } } } }`)
    await assert.rejects(asked, /PAYLOAD_TOO_LARGE.*ask for fewer POIs or fewer fields/)
  }
  assert.equal((await fetch(new URL('/health/ready', platform.url))).status, 200)
})
