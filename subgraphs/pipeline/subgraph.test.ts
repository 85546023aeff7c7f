import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ExecutionResult, graphql, parse, subscribe } from 'graphql'
import { Registry } from 'prom-client'
import { createLogger } from '#runtime/logger.ts'
import { namingFaults } from '#runtime/metrics.ts'
import type { Subgraph } from '#runtime/subgraph.ts'
import { formatInstant } from '#schema/time.ts'
import { type FeedFixture, feedFixture, KEY, NOW, PARTITIONS } from './feed.fixture.ts'
import type { FeedLimits } from './feed-limits.ts'
import { openPipeline } from './subgraph.ts'

async function opened(t: TestContext, limits: Partial<FeedLimits> = {}): Promise<FeedFixture & { subgraph: Subgraph; metrics: Registry }> {
  const fixture = await feedFixture(t)
  const metrics = new Registry()
  const subgraph = await openPipeline({
    ...{ log: fixture.log, partitions: PARTITIONS, cursorKey: KEY, limits, clock: () => NOW },
    ...{ registry: metrics, logger: createLogger({ service: 'test', level: 'silent' }) },
  })
  t.after(() => subgraph[Symbol.asyncDispose]())
  return Object.assign(fixture, { subgraph, metrics })
}

async function subscribed({ schema, context }: Subgraph, source: string): Promise<AsyncGenerator<ExecutionResult, void, void>> {
  const stream = await subscribe({ schema, document: parse(source), contextValue: context({ correlationId: 'test' }) })
  assert.ok(Symbol.asyncIterator in stream, JSON.stringify(stream))
  return stream
}

async function refusal({ schema }: Subgraph, source: string): Promise<Readonly<Record<string, unknown>>> {
  const result = await subscribe({ schema, document: parse(source) })
  assert.ok('errors' in result && result.errors?.[0] !== undefined)
  return { ...result.errors[0].extensions, message: result.errors[0].message }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

/** What `poiChanges` gave. */
const eventOf = (step: IteratorResult<ExecutionResult, void>): Readonly<Record<string, unknown>> => {
  assert.ok(step.value?.data, JSON.stringify(step))
  return plain(step.value.data['poiChanges']) as Record<string, unknown>
}

test('a change is answered from the event: every field of it and of its POI', async t => {
  const { subgraph, append } = await opened(t)
  const stream = await subscribed(
    subgraph,
    `subscription { poiChanges(filter: { categories: ["amenity"] }) { __typename cursor ... on StreamHeartbeat { at } ... on PoiChange {
      eventId kind version occurredAt processedAt rulesVersion previousLocation { latitude longitude }
      poi { id version sourceId name localName(language: "de-AT") category categoryPath description status timestamp updatedAt removed
        attributes imageUrl location { latitude longitude geohash(precision: 5) } } } } }`,
  )
  const { __typename, at } = eventOf(await stream.next())
  assert.deepEqual({ __typename, at }, { __typename: 'StreamHeartbeat', at: formatInstant(NOW) })
  await append({
    id: 'a',
    kind: 'REMOVED',
    operation: 'REMOVE',
    version: 3,
    names: { de: 'Kaffeehaus' },
    attributes: { seats: 4 },
    imageHash: 'ab12'.repeat(16),
    previousLocation: { latitude: 1, longitude: 2 },
    processedAt: NOW + 1_000,
  })
  const { cursor, ...rest } = eventOf(await stream.next())
  assert.ok(String(cursor).length > 20)
  const imageUrl = `/images/${'ab12'.repeat(16)}`
  assert.deepEqual(rest, {
    __typename: 'PoiChange',
    eventId: 'event of a',
    kind: 'REMOVED',
    version: 3,
    occurredAt: formatInstant(NOW),
    processedAt: formatInstant(NOW + 1_000),
    rulesVersion: 1,
    previousLocation: { latitude: 1, longitude: 2 },
    poi: {
      ...{ id: 'a', version: 3, sourceId: 'test', name: 'Cafe a', localName: 'Kaffeehaus', category: 'amenity/cafe', description: null },
      ...{
        categoryPath: ['amenity', 'amenity/cafe'],
        status: 'OPEN',
        timestamp: formatInstant(NOW),
        updatedAt: formatInstant(NOW + 1_000),
      },
      ...{ removed: true, attributes: { seats: 4 }, imageUrl },
      location: { latitude: 52.5, longitude: 13.4, geohash: 'u33d8' },
    },
  })
  await stream.return()
})

test('what cannot be subscribed to is refused at once, with a code', async t => {
  const { subgraph } = await opened(t)
  const events = '{ cursor }'
  const wrongFilter = await refusal(
    subgraph,
    `subscription { poiChanges(filter: { text: " ", near: { latitude: 91, longitude: 0, radiusMeters: 1 } }) ${events} }`,
  )
  assert.equal(wrongFilter['code'], 'BAD_USER_INPUT')
  assert.match(String(wrongFilter['message']), /filter\.near\.latitude.*filter\.text/)
  assert.equal((await refusal(subgraph, `subscription { poiChanges(delivery: { maxPerSecond: 0 }) ${events} }`))['code'], 'BAD_USER_INPUT')
  assert.equal((await refusal(subgraph, `subscription { poiChanges(after: "forged") ${events} }`))['code'], 'CURSOR_INVALID')
  const replay = await refusal(subgraph, 'subscription { replayProgress(id: "r1") { state } }')
  assert.equal(replay['code'], 'BAD_USER_INPUT')
  assert.equal(replay['message'], 'There is no replay with id "r1".')
})

test('a stream that ends before its subscriber says why, and where to resume, as its last event', async t => {
  const { subgraph } = await opened(t)
  const stream = await subscribed(subgraph, 'subscription { poiChanges { cursor } }')
  const greeting = eventOf(await stream.next())
  const last = stream.next()
  await subgraph[Symbol.asyncDispose]()
  const { value } = await last
  assert.equal(value?.errors?.[0]?.extensions['code'], 'SHUTTING_DOWN')
  assert.equal(value?.errors?.[0]?.extensions['cursor'], greeting['cursor'])
  assert.equal((await stream.next()).done, true)
})

test('pipelineStatus tells how far the processor is and who listens; the metrics have proper names', async t => {
  const { subgraph, log, append, metrics } = await opened(t)
  const stream = await subscribed(subgraph, 'subscription { poiChanges { cursor } }')
  await stream.next()
  await append({ id: 'a' })
  const change = eventOf(await stream.next())
  await log.appender.append('poi-unprocessed-topic', [{ partition: 0, key: null, value: Buffer.from('{}') }])
  const source = '{ pipelineStatus { log lagRecords processed subscribers asOf rulesVersion } }'
  const { data, errors } = await graphql({ schema: subgraph.schema, source })
  assert.equal(errors, undefined)
  const status = plain(data?.['pipelineStatus']) as Record<string, unknown>
  assert.match(String(status['log']), /SQLite/)
  assert.deepEqual(
    { ...status, log: undefined },
    {
      ...{ log: undefined, lagRecords: 1, processed: '0', subscribers: 1, rulesVersion: 1 },
      asOf: change['cursor'],
    },
  )
  const samples = await metrics.getMetricsAsJSON()
  assert.deepEqual(namingFaults(samples), [])
  assert.equal(samples.find(({ name }) => name === 'poi_feed_subscriptions_active')?.values[0]?.value, 1)
  await stream.return()
})
