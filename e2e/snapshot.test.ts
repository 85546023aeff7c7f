/** Snapshot, then live: what a query's `asOf` and the stream behind it give together is the final state, while an import runs. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, follow, until } from './client.ts'
import { startPlatform, temporaryDirectory } from './platform.ts'
import { seeded } from './seeded.ts'

interface Versioned {
  readonly id: string
  readonly version: number
}

const PAGE = `query ($after: String) { pois(first: 500, after: $after) { asOf edges { node { id version } } pageInfo { hasNextPage endCursor } } }`

async function everything(url: string): Promise<{ readonly asOf: string; readonly versions: Map<string, number> }> {
  interface Page {
    readonly pois: {
      readonly asOf: string
      readonly edges: readonly { readonly node: Versioned }[]
      readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    }
  }
  const versions = new Map<string, number>()
  let asOf: string | undefined
  for (let after: string | null = null, more = true; more; ) {
    const { pois }: Page = await ask<Page>(url, PAGE, { after })
    // The first page's asOf is the oldest: everything later comes by the stream, seen twice at most and never missed.
    asOf ??= pois.asOf
    for (const { node } of pois.edges) versions.set(node.id, node.version)
    more = pois.pageInfo.hasNextPage
    after = pois.pageInfo.endCursor
  }
  if (asOf === undefined) throw new Error('no page came')
  return { asOf, versions }
}

test('a snapshot taken in the middle of an import and the stream after it miss nothing', async t => {
  const random = seeded()
  t.diagnostic(`seed ${random.seed}`)
  await using directory = await temporaryDirectory()
  await using platform = await startPlatform({ dataDir: directory.path })
  let sent = 0
  const importing = (async () => {
    for (let batch = 0; batch < 60; batch += 1) {
      const inputs = Array.from({ length: 250 }, () => {
        sent += 1
        return {
          id: `snapshot-${random.between(1, 2_000)}`,
          name: `Number ${sent}`,
          category: 'test',
          location: { latitude: 1, longitude: 1 },
          timestamp: new Date(Date.UTC(2026, 0, 1) + sent * 1_000).toISOString(),
        }
      })
      await ask(platform.url, 'mutation ($inputs: [PoiInput!]!) { submitPois(inputs: $inputs) { refused } }', { inputs })
    }
  })()

  const dashboards = await Promise.all(
    Array.from({ length: 4 }, async (_, index) => {
      await until(
        `dashboard ${index} may begin`,
        30,
        async () => sent,
        n => n > 2_000 * (index + 1),
      )
      const { asOf, versions } = await everything(platform.url)
      const subscription = follow<{ __typename: string; version: number; poi: Versioned }>(
        platform.wsUrl,
        'subscription ($after: Cursor) { poiChanges(after: $after) { __typename ... on PoiChange { version poi { id } } ... on StreamGap { dropped } } }',
        { after: asOf },
        event => {
          assert.notEqual(event.__typename, 'StreamGap')
          if (event.__typename === 'PoiChange') versions.set(event.poi.id, Math.max(event.version, versions.get(event.poi.id) ?? 0))
        },
      )
      return { versions, subscription }
    }),
  )
  await importing
  const { versions: truth } = await until(
    'everything stored',
    30,
    () => everything(platform.url),
    ({ versions }) => [...versions.values()].reduce((a, b) => a + b, 0) === sent,
  )
  for (const { versions, subscription } of dashboards) {
    await until(
      'the dashboard caught up',
      20,
      async () => versions,
      seen => [...seen.values()].reduce((a, b) => a + b, 0) === sent,
    )
    assert.deepEqual([...versions].sort(), [...truth].sort())
    await subscription[Symbol.asyncDispose]()
  }
})
