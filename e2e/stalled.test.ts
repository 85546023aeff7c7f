/** A subscriber whose socket takes nothing neither slows the others nor grows memory; when it reads again it is told what it missed. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ask, follow, until } from './client.ts'
import { startPlatform, temporaryDirectory } from './platform.ts'

interface Event {
  readonly __typename: string
  readonly cursor: string
  readonly eventId?: string
  readonly dropped?: number
  readonly from?: string
  readonly to?: string
}

const FOLLOW = `subscription ($after: Cursor) { poiChanges(after: $after) { __typename cursor
  ... on PoiChange { eventId poi { id name description } } ... on StreamGap { dropped from to } } }`

test('the others get every event, memory stays flat, and the stalled one can read exactly what was dropped', async t => {
  await using directory = await temporaryDirectory()
  await using platform = await startPlatform({ dataDir: directory.path })

  const received: Event[][] = [[], [], []]
  const healthy = received.map(events => follow<Event>(platform.wsUrl, FOLLOW, {}, event => void events.push(event)))
  const slow: Event[] = []
  await using stalled = follow<Event>(platform.wsUrl, FOLLOW, {}, event => void slow.push(event))
  // The first heartbeat says that a subscription stands.
  await until('all subscribed', 10, async () => [...received, slow].every(events => events.length > 0), Boolean)
  stalled.socket()?.pause()

  let sent = 0
  const submit = async (records: number) => {
    const inputs = Array.from({ length: records }, () => {
      sent += 1
      return {
        id: `stalled-${sent % 5_000}`,
        name: `Number ${sent}`,
        category: 'test',
        description: 'x'.repeat(600),
        location: { latitude: 1, longitude: 1 },
        timestamp: new Date(Date.UTC(2026, 0, 1) + sent * 1_000).toISOString(),
      }
    })
    await ask(platform.url, 'mutation ($inputs: [PoiInput!]!) { submitPois(inputs: $inputs) { accepted } }', { inputs })
  }
  const changesOf = (events: readonly Event[]) => events.filter(event => event.__typename === 'PoiChange')
  const everyoneHas = (count: number) =>
    until(
      'the others got everything',
      60,
      async () => Math.min(...received.map(events => changesOf(events).length)),
      n => n >= count,
    )

  // Warm up first, so that memory is compared with a platform that has already worked.
  for (let batch = 0; batch < 20; batch += 1) await submit(1_000)
  await everyoneHas(sent)
  const before = await platform.memory()
  for (let batch = 0; batch < 60; batch += 1) await submit(1_000)
  await everyoneHas(sent)
  const grown = (await platform.memory()) - before
  t.diagnostic(`${sent} events of about 1 kB; memory grew by ${(grown / 2 ** 20).toFixed(0)} MiB`)
  // 60,000 events are over 50 MB on the wire: a queue without bound for one subscriber would show.
  assert.ok(grown < 100 * 2 ** 20, `memory grew by ${grown} bytes`)
  for (const events of received) {
    assert.equal(changesOf(events).length, sent)
    assert.equal(events.filter(event => event.__typename === 'StreamGap').length, 0)
  }

  stalled.socket()?.resume()
  await until('the stalled one was told', 30, async () => slow.find(event => event.__typename === 'StreamGap'), Boolean)
  await submit(10)
  await until(
    'it goes on live',
    30,
    async () => slow.at(-1)?.eventId ?? slow.at(-2)?.eventId,
    last => changesOf(received[0] ?? []).at(-1)?.eventId === last,
  )
  const gaps = slow.filter(event => event.__typename === 'StreamGap')
  const dropped = gaps.reduce((sum, gap) => sum + (gap.dropped ?? 0), 0)
  assert.equal(changesOf(slow).length + dropped, sent, 'seen + told as dropped = all')

  // Resume `after: from` reads what was dropped.
  const [gap] = gaps
  assert.ok(gap?.from !== undefined)
  const again: Event[] = []
  await using _resumed = follow<Event>(platform.wsUrl, FOLLOW, { after: gap.from }, event => void again.push(event))
  const expected = changesOf(received[0] ?? []).map(event => event.eventId)
  const seenBefore = new Set(changesOf(slow.slice(0, slow.indexOf(gap))).map(event => event.eventId))
  const missing = expected.filter(id => !seenBefore.has(id))
  await until(
    'the dropped ones were read',
    60,
    async () => changesOf(again).length,
    n => n >= missing.length,
  )
  assert.deepEqual(new Set(changesOf(again).map(event => event.eventId)), new Set(missing))
  for (const subscription of healthy) await subscription[Symbol.asyncDispose]()
})
