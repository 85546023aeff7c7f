import type { PoiStatus } from '#schema/poi.ts'
import { Endpoint, PlatformError, pause } from '../endpoint.ts'
import type { PoiInput } from '../import/row.ts'

/** Labels every update of the demo. */
export const DEMO_SOURCE = 'demo'

export interface LiveDemoOptions {
  /** the platform's GraphQL endpoint */
  readonly url: string
  /** ends it quietly */
  readonly signal: AbortSignal
  /** POIs updated each second; 5 unless told */
  readonly perSecond?: number | undefined
  readonly random?: (() => number) | undefined
}

const POOL = `query Pool($filter: PoiFilter) { pois(filter: $filter, first: 500) { edges { node { id } } } }`
/** Airports that have something going on, as they came with the demo or as the demo left them. */
const POOL_FILTER = { categories: ['large_airport'], sources: ['ourairports', DEMO_SOURCE] }

const READ = `query Read($filter: PoiFilter, $first: Int!) {
  pois(filter: $filter, first: $first) {
    edges { node { id name category description location { latitude longitude } status timestamp attributes } }
  }
}`
const UPDATE = `mutation LiveDemo($inputs: [PoiInput!]!) { submitPois(inputs: $inputs) { accepted } }`

interface DemoPoi {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly description: string | null
  readonly location: { readonly latitude: number; readonly longitude: number }
  readonly status: PoiStatus
  readonly timestamp: string
  readonly attributes: Readonly<Record<string, unknown>> | null
}

interface Pois<Node> {
  readonly pois: { readonly edges: readonly { readonly node: Node }[] }
}

/**
 * Keeps some demo airports changing, so that a subscription shows life: each second a few are closed for a while or opened again. It reads
 * each one first and changes nothing but status, source, time and one attribute: there are no new ids, and names, places and counts by
 * category stay true. Resolves when the signal aborts; what goes wrong on the way is tried again.
 */
export async function runLiveDemo({ url, signal, perSecond = 5, random = Math.random }: LiveDemoOptions): Promise<void> {
  const endpoint = new Endpoint(url)
  let pool: readonly string[] = []
  let dueAt = performance.now()
  try {
    while (!signal.aborted) {
      try {
        if (pool.length === 0)
          pool = (await nodesOf<{ readonly id: string }>(endpoint, POOL, { filter: POOL_FILTER }, signal)).map(({ id }) => id)
        if (pool.length > 0) await updateSome(endpoint, sample(pool, perSecond, random), signal)
      } catch (error) {
        if (!(error instanceof PlatformError)) throw error
      }
      // By the clock, not by adding pauses; after a stall it does not catch up.
      dueAt = Math.max(dueAt + 1_000, performance.now())
      await pause(Math.max(0, dueAt - performance.now()), signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

async function updateSome(endpoint: Endpoint, ids: readonly string[], signal: AbortSignal): Promise<void> {
  const filter = { ids }
  const pois = await nodesOf<DemoPoi>(endpoint, READ, { filter, first: ids.length }, signal)
  const now = Date.now()
  const inputs = pois
    // Someone's record of a later time would make this one late.
    .filter(poi => Date.parse(poi.timestamp) < now)
    .map(poi => changed(poi, new Date(now).toISOString()))
  if (inputs.length > 0) await endpoint.ask(UPDATE, { inputs }, signal)
}

/** The same airport with its status flipped. The demo's attribute tells why it is closed, and goes when it opens. */
export function changed({ id, name, category, description, location, status, attributes }: DemoPoi, timestamp: string): PoiInput {
  const isOpening = status === 'TEMPORARILY_CLOSED'
  const { demo: _, ...kept } = attributes ?? {}
  return {
    id,
    sourceId: DEMO_SOURCE,
    name,
    category,
    ...(description !== null && { description }),
    location,
    timestamp,
    status: isOpening ? 'OPEN' : 'TEMPORARILY_CLOSED',
    attributes: isOpening ? kept : { ...kept, demo: { reason: 'runway inspection', since: timestamp } },
  }
}

async function nodesOf<Node>(
  endpoint: Endpoint,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
): Promise<readonly Node[]> {
  return (await endpoint.ask<Pois<Node>>(query, variables, signal)).pois.edges.map(({ node }) => node)
}

/** `count` different ids, or all of them. */
function sample(ids: readonly string[], count: number, random: () => number): readonly string[] {
  const chosen = new Set<string>()
  while (chosen.size < Math.min(count, ids.length)) {
    const id = ids[Math.floor(random() * ids.length)]
    if (id !== undefined) chosen.add(id)
  }
  return [...chosen]
}
