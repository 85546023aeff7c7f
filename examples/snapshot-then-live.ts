/**
 * A map that is never wrong: first all POIs of a box, then every change to them, with no gap in between and none after a disconnect. The
 * query's `asOf` is read before its rows, so the stream behind it repeats at most what the query already showed; versions tell.
 *
 *   node examples/snapshot-then-live.ts [http://127.0.0.1:4000/graphql]
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { createClient } from 'graphql-ws'

const url = process.argv[2] ?? 'http://127.0.0.1:4000/graphql'
const filter = { bbox: { west: 5.9, south: 45.8, east: 10.5, north: 47.8 }, categories: ['large_airport', 'medium_airport'] }

interface Shown {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly status: string
}

const map = new Map<string, Shown>()
let cursor: string

const response = await fetch(url, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    query: 'query ($filter: PoiFilter) { pois(filter: $filter, first: 500) { asOf totalCount edges { node { id name version status } } } }',
    variables: { filter },
  }),
})
const { data } = (await response.json()) as { data: { pois: { asOf: string; totalCount: number; edges: { node: Shown }[] } } }
cursor = data.pois.asOf
for (const { node } of data.pois.edges) map.set(node.id, node)
console.log(`${map.size} of ${data.pois.totalCount} airports on the map; following them (Ctrl-C ends)`)

const client = createClient({ url: url.replace(/^http/, 'ws'), retryAttempts: 0 })
const query = `subscription ($filter: PoiFilter, $after: Cursor) {
  poiChanges(filter: $filter, after: $after) { cursor ... on PoiChange { kind poi { id name version status removed } } }
}`

while (true) {
  try {
    for await (const result of client.iterate<{ poiChanges: { cursor: string; kind?: string; poi?: Shown & { removed: boolean } } }>({
      query,
      variables: { filter, after: cursor },
    })) {
      if (!result.data) throw new Error(result.errors?.map(({ message }) => message).join('; '))
      const { kind, poi, cursor: reached } = result.data.poiChanges
      cursor = reached // every event carries it, heartbeats and gaps too: here the next subscription goes on
      if (poi === undefined || kind === 'LATE' || poi.version <= (map.get(poi.id)?.version ?? 0)) continue
      if (poi.removed) map.delete(poi.id)
      else map.set(poi.id, poi)
      console.log(`${poi.name}: ${poi.removed ? 'removed' : poi.status} (version ${poi.version})`)
    }
  } catch (error) {
    console.log('The stream broke; going on behind the last event in a second.', error instanceof Error ? error.message : '')
  }
  await sleep(1_000)
}
