import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { decodeCursor, encodeCursor, encodeReceipt } from '#schema/cursor.ts'
import { partitionOf } from '#schema/partition.ts'
import { formatInstant } from '#schema/time.ts'
import { NEW_YEAR, processedPoi } from './changes.fixture.ts'
import { CURSOR_KEY, openStoreFixture, PARTITIONS } from './store.fixture.ts'
import { storePath } from './tables.sqlite.ts'

const cafe = processedPoi({
  id: 'cafe',
  name: 'Café am Markt',
  names: { en: 'Market Café' },
  category: 'amenity/cafe',
  attributes: { seats: 7 },
  processedAt: NEW_YEAR + 1_000_000,
})

test('a processed change can be queried, with all its fields', async () => {
  await using fixture = await openStoreFixture()
  await fixture.put([cafe])
  await fixture.applied()
  const { poi } = await fixture.data(`{ poi(id: "cafe") {
    id version sourceId name localName(language: "en-GB") category categoryPath description location { latitude longitude geohash(precision: 5) }
    status timestamp updatedAt removed attributes imageUrl
  } }`)
  assert.deepEqual(poi, {
    id: 'cafe',
    version: 1,
    sourceId: 'test',
    name: 'Café am Markt',
    localName: 'Market Café',
    category: 'amenity/cafe',
    categoryPath: ['amenity', 'amenity/cafe'],
    description: null,
    location: { latitude: 52.5, longitude: 13.4, geohash: 'u33d8' },
    status: 'OPEN',
    timestamp: '2024-01-01T00:00:00.000Z',
    updatedAt: '2024-01-01T00:00:01.000Z',
    removed: false,
    attributes: { seats: 7 },
    imageUrl: null,
  })
  assert.deepEqual(await fixture.data('{ poi(id: "nobody") { id } }'), { poi: null })
})

test('atLeast waits for the receipt, for a duplicate too, and gives up in time', async () => {
  await using fixture = await openStoreFixture()
  const partition = partitionOf('cafe', PARTITIONS)
  const receipt = encodeReceipt({ partition, offset: 0, acceptedAt: NEW_YEAR }, CURSOR_KEY)
  const asked = fixture.data('query ($r: Receipt) { poi(id: "cafe", atLeast: $r, waitMs: 10000) { name } }', { r: receipt })
  await fixture.put([cafe])
  assert.deepEqual(await asked, { poi: { name: 'Café am Markt' } })

  const duplicate = encodeReceipt({ partition, offset: 1, acceptedAt: NEW_YEAR }, CURSOR_KEY)
  const pois = 'query ($r: Receipt, $ms: Int) { pois(first: 1, atLeast: $r, waitMs: $ms) { totalCount } }'
  assert.equal(await fixture.code(pois, { r: duplicate, ms: 20 }), 'DEADLINE_EXCEEDED')
  const waiting = fixture.data(pois, { r: duplicate, ms: 10_000 })
  await fixture.putProgress(partition, 1)
  assert.deepEqual(await waiting, { pois: { totalCount: 1 } })

  assert.equal(await fixture.code(pois, { r: 'forged', ms: 0 }), 'CURSOR_INVALID')
  assert.equal(await fixture.code(pois, { r: encodeCursor([1, 2, 3], CURSOR_KEY), ms: 0 }), 'CURSOR_INVALID')
  const elsewhere = encodeReceipt({ partition: PARTITIONS, offset: 0, acceptedAt: 0 }, CURSOR_KEY)
  assert.equal(await fixture.code(pois, { r: elsewhere, ms: 0 }), 'CURSOR_INVALID')
  assert.equal(await fixture.code(pois, { r: receipt, ms: 10_001 }), 'BAD_USER_INPUT')
})

test('pages follow each other by their cursors, which are good for their own query only', async () => {
  await using fixture = await openStoreFixture()
  await fixture.put(['a', 'b', 'c', 'd', 'e'].map(id => processedPoi({ id })))
  await fixture.applied()
  const query = `query ($after: String, $filter: PoiFilter, $orderBy: PoiOrder) { pois(first: 2, after: $after, filter: $filter, orderBy: $orderBy) {
    edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount } }`
  const seen: string[] = []
  let after: string | null = null
  for (let hasNextPage = true; hasNextPage; ) {
    const { pois } = await fixture.data(query, { after })
    assert.equal(pois.totalCount, 5)
    assert.equal(pois.pageInfo.hasPreviousPage, after !== null)
    assert.equal(pois.pageInfo.startCursor, pois.edges[0].cursor)
    assert.equal(pois.pageInfo.endCursor, pois.edges.at(-1).cursor)
    seen.push(...pois.edges.map((edge: { node: { id: string } }) => edge.node.id))
    after = pois.pageInfo.endCursor
    hasNextPage = pois.pageInfo.hasNextPage
  }
  assert.deepEqual(seen, ['a', 'b', 'c', 'd', 'e'])
  assert.equal(await fixture.code(query, { after, orderBy: 'NAME' }), 'BAD_USER_INPUT')
  assert.equal(await fixture.code(query, { after, filter: { text: 'cafe' } }), 'BAD_USER_INPUT')
  assert.equal(await fixture.code(query, { after: `${after}A` }), 'BAD_USER_INPUT')
  assert.equal(await fixture.code(query, { after: '' }), 'BAD_USER_INPUT')
  assert.equal(await fixture.code(query, { orderBy: 'RELEVANCE' }), 'BAD_USER_INPUT')
  assert.equal(await fixture.code(query, { orderBy: 'DISTANCE' }), 'BAD_USER_INPUT')
  assert.equal(await fixture.code(query, { filter: { near: { latitude: 91, longitude: 0, radiusMeters: -1 } } }), 'BAD_USER_INPUT')
  for (const first of [0, -1, 501]) assert.equal(await fixture.code(`{ pois(first: ${first}) { totalCount } }`), 'BAD_USER_INPUT')
})

test('history tells what each record changed, late ones without a version; asOf tells what held', async () => {
  await using fixture = await openStoreFixture()
  const at = (seconds: number) => NEW_YEAR + seconds * 1_000_000
  await fixture.put([
    processedPoi({ id: 'a', timestamp: at(10), revision: 1, version: 1, name: 'First' }),
    processedPoi({ id: 'a', timestamp: at(30), revision: 2, version: 2, name: 'Second', kind: 'UPDATED', status: 'CLOSED' }),
    processedPoi({ id: 'a', timestamp: at(20), revision: 3, version: 2, name: 'Between', kind: 'LATE' }),
    processedPoi({
      id: 'a',
      timestamp: at(40),
      revision: 4,
      version: 3,
      name: 'Second',
      status: 'CLOSED',
      kind: 'REMOVED',
      operation: 'REMOVE',
    }),
  ])
  await fixture.applied()
  const query = `query ($first: Int!, $after: String) { poiHistory(id: "a", first: $first, after: $after) {
    edges { cursor node { version kind name changed occurredAt } } pageInfo { hasNextPage hasPreviousPage } } }`
  const { poiHistory: page } = await fixture.data(query, { first: 2 })
  const { poiHistory: rest } = await fixture.data(query, { first: 2, after: page.edges[1].cursor })
  const nodes = [...page.edges, ...rest.edges].map((edge: { node: { occurredAt: string } }) => ({ ...edge.node, occurredAt: undefined }))
  assert.deepEqual(JSON.parse(JSON.stringify(nodes)), [
    { version: 3, kind: 'REMOVED', name: 'Second', changed: ['removed'] },
    { version: 2, kind: 'UPDATED', name: 'Second', changed: ['name', 'status'] },
    { version: null, kind: 'LATE', name: 'Between', changed: ['name'] },
    { version: 1, kind: 'CREATED', name: 'First', changed: [] },
  ])
  assert.deepEqual([page.pageInfo.hasNextPage, rest.pageInfo.hasNextPage, rest.pageInfo.hasPreviousPage], [true, false, true])
  assert.equal(await fixture.code('{ poiHistory(id: "b", first: 1, after: "x") { edges { cursor } } }'), 'BAD_USER_INPUT')

  const named = async (seconds: number) => {
    const { poi } = await fixture.data('query ($t: DateTime) { poi(id: "a", asOf: $t) { name removed } }', {
      t: formatInstant(at(seconds)),
    })
    return poi && `${poi.name}${poi.removed ? ', removed' : ''}`
  }
  const names = [await named(9), await named(10), await named(29), await named(30), await named(50)]
  assert.deepEqual(names, [null, 'First', 'Between', 'Second', 'Second, removed'])
  assert.deepEqual(await fixture.data('{ poi(id: "a") { removed version history(first: 1) { edges { node { kind } } } } }'), {
    poi: { removed: true, version: 3, history: { edges: [{ node: { kind: 'REMOVED' } }] } },
  })
})

test('changes are the events of the log, page by page; the cursor also passes what the filter leaves out', async () => {
  await using fixture = await openStoreFixture()
  await fixture.put(Array.from({ length: 20 }, (_, i) => processedPoi({ id: `p${i}`, category: i % 2 === 0 ? 'even' : 'odd' })))
  await fixture.put([
    processedPoi({ id: 'p0', name: 'Second name', kind: 'UPDATED', version: 2, category: 'even', revision: NEW_YEAR + 9 }),
  ])
  const query = `query ($since: Cursor, $filter: PoiFilter) { changes(first: 3, since: $since, filter: $filter) {
    nodes { cursor kind version eventId occurredAt poi { id name } } next caughtUp } }`
  const seen: string[] = []
  let since: string | null = null
  for (let isCaughtUp = false; !isCaughtUp; ) {
    const { changes } = await fixture.data(query, { since, filter: { categories: ['even'] } })
    seen.push(...changes.nodes.map((node: { poi: { id: string }; version: number }) => `${node.poi.id}v${node.version}`))
    since = changes.next
    isCaughtUp = changes.caughtUp
  }
  assert.equal(seen.length, 11)
  assert.deepEqual(new Set(seen), new Set([...Array.from({ length: 10 }, (_, i) => `p${2 * i}v1`), 'p0v2']))
  assert.ok(seen.indexOf('p0v1') < seen.indexOf('p0v2'))
  const { latest } = await fixture.log.topics.positions('poi-processed-topic')
  assert.deepEqual(decodeCursor(since ?? '', CURSOR_KEY), latest)
  assert.deepEqual(await fixture.data(query, { since }), { changes: { nodes: [], next: since, caughtUp: true } })

  const { changes: first } = await fixture.data(query)
  assert.equal(first.nodes[0].poi.name, `Cafe ${first.nodes[0].poi.id}`, 'as the event tells it')
  const { changes: second } = await fixture.data(query, { since: first.nodes[0].cursor })
  assert.equal(second.nodes[0].eventId, first.nodes[1].eventId, 'each event carries the cursor after it')

  assert.equal(await fixture.code(query, { since: 'forged' }), 'CURSOR_INVALID')
  assert.equal(await fixture.code(query, { since: encodeCursor([0, 0], CURSOR_KEY) }), 'CURSOR_INVALID')
  assert.equal(await fixture.code(query, { since: encodeCursor([999, 999, 999], CURSOR_KEY) }), 'CURSOR_INVALID')
  await fixture.log.trim('poi-processed-topic', latest)
  const { errors } = await fixture.ask(query, { since: encodeCursor([0, 0, 0], CURSOR_KEY) })
  assert.equal(errors?.[0]?.extensions['code'], 'CURSOR_EXPIRED')
  assert.deepEqual(decodeCursor(String(errors?.[0]?.extensions['oldestCursor']), CURSOR_KEY), latest)
})

test('nearest and nearby find neighbours, nearest first, without the POI itself', async () => {
  await using fixture = await openStoreFixture()
  const place = (id: string, longitude: number) => processedPoi({ id, location: { latitude: 0, longitude } })
  await fixture.put([place('fiji', 179.99), place('beyond', -179.99), place('far', 0)])
  await fixture.applied()
  const { nearest } = await fixture.data('{ nearest(latitude: 0, longitude: 179.999, first: 3) { distanceMeters poi { id } } }')
  assert.deepEqual(
    nearest.map((near: { poi: { id: string } }) => near.poi.id),
    ['fiji', 'beyond', 'far'],
  )
  assert.ok(Math.abs(nearest[0].distanceMeters - 1_000.75) < 0.1)
  const { poi } = await fixture.data(
    '{ poi(id: "fiji") { nearby(first: 5, radiusMeters: 3000) { poi { id } } far: nearby(first: 5) { poi { id } } } }',
  )
  assert.deepEqual(poi, { nearby: [{ poi: { id: 'beyond' } }], far: [] })
  assert.equal(await fixture.code('{ nearest(latitude: 91, longitude: 0, first: 1) { distanceMeters } }'), 'BAD_USER_INPUT')
  assert.equal(await fixture.code('{ poi(id: "fiji") { nearby(first: 1, radiusMeters: 0) { distanceMeters } } }'), 'BAD_USER_INPUT')
})

test('references of other subgraphs are resolved, also for a change that the store has not applied yet', async () => {
  await using fixture = await openStoreFixture()
  const entities = `query ($r: [_Any!]!) { _entities(representations: $r) { ... on Poi { id history(first: 1) { edges { node { kind } } } } } }`
  await fixture.put([cafe])
  const known = { id: 'cafe', history: { edges: [{ node: { kind: 'CREATED' } }] } }
  const r = ['cafe', 'nobody', 'cafe'].map(id => ({ __typename: 'Poi', id }))
  assert.deepEqual(await fixture.data(entities, { r }), { _entities: [known, null, known] })
})

// An event was delivered, and its own history lacked it: the live stream had overtaken the sink.
test('what is asked about the POI of an event is never older than the log', async () => {
  await using fixture = await openStoreFixture()
  const entities = `{ _entities(representations: [{ __typename: "Poi", id: "cafe" }]) { ... on Poi { history(first: 1) { edges { node { version } } } } } }`
  for (let version = 1; version <= 30; version++) {
    await fixture.put([{ ...cafe, version, timestamp: NEW_YEAR + version, revision: NEW_YEAR + version, eventId: `e${version}` }])
    assert.deepEqual(await fixture.data(entities), { _entities: [{ history: { edges: [{ node: { version } }] } }] })
  }
})

test('facets and status count what there is', async () => {
  await using fixture = await openStoreFixture()
  await fixture.put([
    processedPoi({ id: 'a', category: 'x' }),
    processedPoi({ id: 'b', category: 'y' }),
    processedPoi({ id: 'c', category: 'y' }),
  ])
  await fixture.applied()
  assert.deepEqual(await fixture.data('{ facets(field: CATEGORY) { value count } }'), {
    facets: [
      { value: 'y', count: 2 },
      { value: 'x', count: 1 },
    ],
  })
  const status = 'engine healthy lagRecords lagSeconds asOf'
  const { storeStatus } = await fixture.data(`{ storeStatus { records { ${status} } search { ${status} } } }`)
  const { latest } = await fixture.log.topics.positions('poi-processed-topic')
  const expected = { engine: 'sqlite', healthy: true, lagRecords: 0, lagSeconds: 0, asOf: encodeCursor(latest, CURSOR_KEY) }
  assert.deepEqual(storeStatus, { records: expected, search: expected })
})

test('while the sink fails the store is neither ready nor healthy, and both by itself when it gets on', async () => {
  await using fixture = await openStoreFixture()
  assert.deepEqual(await fixture.store.missing(), [])
  using db = new DatabaseSync(storePath(fixture.dataDir), { timeout: 5_000 })
  db.exec(`CREATE TRIGGER refusal BEFORE INSERT ON history BEGIN SELECT RAISE(ABORT, 'refused'); END`)
  await fixture.put([cafe])
  const healthy = async () => (await fixture.data('{ storeStatus { records { healthy } } }')).storeStatus.records.healthy
  const patience = AbortSignal.timeout(20_000)
  const turn = () => {
    patience.throwIfAborted()
    return new Promise(resolve => setImmediate(resolve))
  }
  while (await healthy()) await turn()
  assert.deepEqual(await fixture.store.missing(), ['The store cannot apply changes and tries again; its log lines tell why.'])
  db.exec('DROP TRIGGER refusal')
  while (!(await healthy())) await turn()
  assert.deepEqual(await fixture.store.missing(), [])
  assert.deepEqual(await fixture.data('{ pois(first: 1) { totalCount } }'), { pois: { totalCount: 1 } })
})

test('what was applied is there after a restart, and the sink goes on where it was', async () => {
  await using fixture = await openStoreFixture()
  await fixture.put([cafe])
  await fixture.applied()
  await fixture.reopen()
  const { pois } = await fixture.data('{ pois(first: 1) { asOf edges { node { id } } } }')
  const { latest } = await fixture.log.topics.positions('poi-processed-topic')
  assert.deepEqual([decodeCursor(pois.asOf, CURSOR_KEY), pois.edges], [latest, [{ node: { id: 'cafe' } }]])
  await fixture.put([processedPoi({ id: 'later' })])
  await fixture.applied()
  assert.deepEqual(await fixture.data('{ pois(first: 1) { totalCount } }'), { pois: { totalCount: 2 } })
})

test('a picture is served by its content, and only as what it is', async t => {
  await using fixture = await openStoreFixture()
  const png = Buffer.from('89504e470d0a1a0a0000', 'hex')
  const hash = 'ab'.repeat(32)
  await fixture.put([processedPoi({ id: 'a', imageHash: hash })], png)
  await fixture.applied()
  const { poi } = await fixture.data('{ poi(id: "a") { imageUrl } }')
  const route = fixture.store.routes['/images/']
  assert.ok(route)
  const server = createServer((request, response) => void route(request, response)).listen(0, '127.0.0.1')
  t.after(() => server.close())
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const answer = await fetch(url + poi.imageUrl)
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), png)
  assert.equal(answer.headers.get('content-type'), 'image/png')
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff')
  assert.match(answer.headers.get('cache-control') ?? '', /immutable/)
  const again = await fetch(url + poi.imageUrl, { headers: { 'if-none-match': answer.headers.get('etag') ?? '' } })
  assert.equal(again.status, 304)
  const head = await fetch(url + poi.imageUrl, { method: 'HEAD' })
  assert.deepEqual([head.status, head.headers.get('content-length')], [200, '10'])
  for (const path of [`/images/${'cd'.repeat(32)}`, '/images/', '/images/..%2fstore.db'])
    assert.equal((await fetch(url + path)).status, 404)
  assert.equal((await fetch(url + poi.imageUrl, { method: 'POST' })).status, 405)
})
