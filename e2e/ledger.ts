/**
 * The ledger of a fault test: a producer that sends numbered records and resends what was not acknowledged, a subscriber that resumes with
 * its last cursor, and the comparison of both with what the platform stored.
 */
import assert from 'node:assert/strict'
import { ask, follow, type Subscription } from './client.ts'
import type { Seeded } from './seeded.ts'

interface Sent {
  readonly id: string
  readonly timestamp: string
}

export interface StreamedChange {
  readonly cursor: string
  readonly eventId: string
  readonly kind: string
  readonly version: number
  readonly occurredAt: string
  readonly poi: { readonly id: string }
}

const SUBMIT = `mutation ($inputs: [PoiInput!]!) { submitPois(inputs: $inputs) { accepted refused results { __typename ... on PoiAccepted { id receipt } } } }`
const FOLLOW = `subscription ($after: Cursor) { poiChanges(after: $after) { __typename cursor ... on PoiChange { eventId kind version occurredAt poi { id } } ... on StreamGap { dropped } } }`
const HISTORY = `query ($id: ID!, $after: String) { poiHistory(id: $id, first: 500, after: $after) { edges { node { eventId kind version occurredAt } } pageInfo { hasNextPage endCursor } } }`

const BASE = Date.UTC(2026, 0, 1)

/** Sends records of `pois` POIs, about one in eight with an event time before one already sent (late). */
export class Producer {
  readonly acknowledged: Sent[] = []
  readonly #random: Seeded
  readonly #pois: number
  #serial = 0
  #waiting: readonly object[] = []
  #waitingSent: readonly Sent[] = []

  constructor(random: Seeded, pois: number) {
    this.#random = random
    this.#pois = pois
  }

  /** Sends one batch, the unacknowledged one first; throws when the platform is gone, and then the batch is sent again by the next call. */
  async send(url: string): Promise<void> {
    if (this.#waiting.length === 0) this.#compose()
    const { submitPois } = await ask<{ submitPois: { accepted: number; refused: number } }>(url, SUBMIT, { inputs: this.#waiting })
    assert.equal(submitPois.accepted, this.#waiting.length)
    this.acknowledged.push(...this.#waitingSent)
    this.#waiting = []
  }

  #compose(): void {
    const sent: Sent[] = []
    const inputs: object[] = []
    for (let n = this.#random.between(1, 120); n > 0; n -= 1) {
      this.#serial += 1
      // Every record has an instant of its own, so (id, timestamp) names it; a late one lies 300 to 900 s back.
      const back = this.#random.next() < 0.125 ? this.#random.between(300, 900) * 1_000 : 0
      const timestamp = new Date(BASE + this.#serial * 1_000 - back + 1).toISOString()
      const id = `kill-${this.#random.between(1, this.#pois)}`
      if (sent.some(one => one.id === id && one.timestamp === timestamp)) continue
      sent.push({ id, timestamp })
      inputs.push({
        id,
        name: `Record ${this.#serial}`,
        category: 'test/kill',
        location: { latitude: this.#random.next() * 160 - 80, longitude: this.#random.next() * 360 - 180 },
        timestamp,
        attributes: { serial: this.#serial },
      })
    }
    this.#waiting = inputs
    this.#waitingSent = sent
  }
}

/** Follows all changes and keeps each; after a break it resumes with the cursor of the last event that it got. */
export class Follower {
  readonly changes: StreamedChange[] = []
  gaps = 0
  resumes = 0
  cursor: string | undefined

  /** Begins with the snapshot of now, once: what comes after it is followed. */
  async startAt(url: string): Promise<void> {
    this.cursor ??= (await ask<{ pois: { asOf: string } }>(url, '{ pois(first: 1) { asOf } }')).pois.asOf
  }

  connect(wsUrl: string): Subscription<unknown> {
    if (this.cursor !== undefined) this.resumes += 1
    return follow<StreamedChange & { readonly __typename: string }>(wsUrl, FOLLOW, { after: this.cursor ?? null }, event => {
      this.cursor = event.cursor
      if (event.__typename === 'PoiChange') this.changes.push(event)
      if (event.__typename === 'StreamGap') this.gaps += 1
    })
  }
}

interface HistoryPage {
  readonly poiHistory: {
    readonly edges: readonly {
      readonly node: { readonly eventId: string; readonly kind: string; readonly version: number | null; readonly occurredAt: string }
    }[]
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
  }
}

/** acknowledged = stored, history complete, no event id twice, the subscriber saw each change once and each POI's in order. */
export async function settle(
  url: string,
  producer: Producer,
  follower: Follower,
): Promise<{ readonly records: number; readonly late: number }> {
  const byPoi = Map.groupBy(producer.acknowledged, sent => sent.id)
  const eventIds = new Set<string>()
  let late = 0
  for (const [id, sent] of byPoi) {
    const stored: HistoryPage['poiHistory']['edges'][number]['node'][] = []
    for (let after: string | null = null, more = true; more; ) {
      const { poiHistory }: HistoryPage = await ask<HistoryPage>(url, HISTORY, { id, after })
      stored.push(...poiHistory.edges.map(edge => edge.node))
      more = poiHistory.pageInfo.hasNextPage
      after = poiHistory.pageInfo.endCursor
    }
    assert.deepEqual(stored.map(row => row.occurredAt).sort(), sent.map(one => one.timestamp).sort(), `history of ${id}`)
    for (const row of stored) {
      assert.ok(!eventIds.has(row.eventId), `event ${row.eventId} is stored twice`)
      eventIds.add(row.eventId)
      if (row.kind === 'LATE') late += 1
    }
    const versions = stored.filter(row => row.version !== null).map(row => row.version ?? 0)
    assert.deepEqual(
      versions.toReversed(),
      versions.map((_, index) => index + 1),
      `versions of ${id}`,
    )
    const { poi } = await ask<{ poi: { timestamp: string; version: number } }>(
      url,
      `query ($id: ID!) { poi(id: $id) { timestamp version } }`,
      { id },
    )
    assert.equal(
      poi.timestamp,
      sent
        .map(one => one.timestamp)
        .sort()
        .at(-1),
      `latest state of ${id}`,
    )
    assert.equal(poi.version, versions.length)
  }
  assert.equal(follower.gaps, 0, 'the subscriber kept up, so nothing may have been dropped')
  const streamed = follower.changes.map(change => change.eventId)
  assert.equal(new Set(streamed).size, streamed.length, 'a change was streamed twice')
  assert.deepEqual(new Set(streamed), eventIds)
  for (const [id, changes] of Map.groupBy(follower.changes, change => change.poi.id)) {
    const versions = changes.filter(change => change.kind !== 'LATE').map(change => change.version)
    assert.deepEqual(
      versions,
      versions.map((_, index) => index + 1),
      `streamed order of ${id}`,
    )
  }
  return { records: producer.acknowledged.length, late }
}
