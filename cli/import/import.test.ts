import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Endpoint, PlatformError } from '../endpoint.ts'
import { fault, startPlatform } from '../platform.fixture.ts'
import { batchesOf } from './batch.ts'
import { importRows, type Judged } from './import.ts'
import type { ImportRow, Refusal } from './row.ts'

const never = new AbortController().signal

function rowOf(row: number, id = `poi-${row}`, name = `POI ${row}`): ImportRow {
  return { row, input: { id, name, category: 'x', location: { latitude: 1, longitude: 2 }, timestamp: '2024-05-01T12:00:00.000Z' } }
}

const rowsUpTo = (count: number): ImportRow[] => Array.from({ length: count }, (_, index) => rowOf(index + 1))
const badRow = (row: number): ImportRow => ({ row, id: null, faults: [{ field: 'id', code: 'MISSING', message: 'wanted an id' }] })

test('a batch is full by records or by bytes; a record larger than a batch is refused', async () => {
  const large = rowOf(4, 'large', 'x'.repeat(300))
  const batches = await Array.fromAsync(
    batchesOf([rowOf(1), rowOf(2), badRow(3), large, rowOf(5), rowOf(6), rowOf(7)], { records: 2, bytes: 400 }),
  )
  assert.deepEqual(
    batches.map(({ lastRow, records, refusals }) => [lastRow, records.map(({ row }) => row), refusals.map(({ row }) => row)]),
    [
      [2, [1, 2], []],
      [4, [], [3, 4]],
      [6, [5, 6], []],
      [7, [7], []],
    ],
  )
})

test('every row is sent once, in batches of at most 1,000, several in flight', async () => {
  await using platform = await startPlatform()
  let inFlight = 0
  let most = 0
  const gate = Promise.withResolvers<void>()
  platform.onSubmit = async () => {
    inFlight += 1
    most = Math.max(most, inFlight)
    if (inFlight === 4) gate.resolve()
    await gate.promise
    inFlight -= 1
  }
  const judged = await importRows({ rows: rowsUpTo(4_500), endpoint: new Endpoint(platform.url), signal: never, concurrency: 4 })
  assert.deepEqual(judged, { row: 4_500, accepted: 4_500, refused: 0 })
  assert.equal(most, 4)
  assert.ok(platform.batches.every(ids => ids.length <= 1_000))
  assert.equal(new Set(platform.batches.flat()).size, 4_500)
})

test('the rows of one POI arrive in the order of the source, whatever is in flight', async () => {
  await using platform = await startPlatform()
  // Each POI comes every 700 rows, so that neighbouring batches share POIs; the first batch is the slowest.
  const rows = Array.from({ length: 5_000 }, (_, index) => rowOf(index + 1, `poi-${index % 700}`))
  let calls = 0
  platform.onSubmit = () => new Promise(resolve => setTimeout(resolve, calls++ === 0 ? 30 : 0))
  await importRows({ rows, endpoint: new Endpoint(platform.url), signal: never, concurrency: 4 })
  const lastSeen = new Map<string, number>()
  for (const { id, name } of platform.state.accepted) {
    const row = Number(name.slice(4))
    assert.ok(row > (lastSeen.get(id) ?? 0), `${id}: row ${row} came after row ${lastSeen.get(id)}`)
    lastSeen.set(id, row)
  }
  assert.equal(platform.state.accepted.length, 5_000)
})

test('refusals of the platform and of the reader are told in row order, with what is acknowledged', async () => {
  await using platform = await startPlatform()
  const rows = rowsUpTo(2_500).map(row =>
    row.row % 500 === 0 ? badRow(row.row) : row.row % 700 === 0 ? rowOf(row.row, `poi-${row.row}`, ' ') : row,
  )
  const told: Judged[] = []
  const refused: Refusal[] = []
  const judged = await importRows({
    rows,
    endpoint: new Endpoint(platform.url),
    signal: never,
    onJudged(judged, refusals) {
      told.push(judged)
      refused.push(...refusals)
    },
  })
  assert.deepEqual(judged, { row: 2_500, accepted: 2_492, refused: 8 })
  assert.deepEqual(
    refused.map(({ row }) => row),
    [500, 700, 1000, 1400, 1500, 2000, 2100, 2500],
  )
  assert.equal(refused[1]?.faults[0]?.code, 'MISSING')
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a.row - b.row),
  )
})

test('an overloaded platform is asked again, not before the time it named', async () => {
  await using platform = await startPlatform()
  const times: number[] = []
  platform.onSubmit = () => {
    times.push(performance.now())
    if (times.length < 3) throw fault('OVERLOADED', 'Too much at once.', {})
  }
  const retries: string[] = []
  const judged = await importRows({
    rows: rowsUpTo(10),
    endpoint: new Endpoint(platform.url),
    signal: never,
    onRetry: ({ code }) => retries.push(code),
  })
  assert.equal(judged.accepted, 10)
  assert.deepEqual(retries, ['OVERLOADED', 'OVERLOADED'])
  const [first = 0, second = 0, third = 0] = times
  assert.ok(second - first >= 199 && third - second >= 199, `${second - first} and ${third - second} ms`)
})

test('a platform that goes away and comes back in the middle loses nothing', async t => {
  let platform = await startPlatform()
  t.after(async () => await platform[Symbol.asyncDispose]())
  const { state, port } = platform
  const gone = Promise.withResolvers<void>()
  platform.onSubmit = () => {
    if (state.accepted.length >= 3_000) gone.resolve()
  }
  const importing = importRows({ rows: rowsUpTo(8_000), endpoint: new Endpoint(platform.url), signal: never, concurrency: 2 })
  await gone.promise
  await platform[Symbol.asyncDispose]()
  platform = await startPlatform({ port, state })
  assert.deepEqual(await importing, { row: 8_000, accepted: 8_000, refused: 0 })
  assert.equal(new Set(state.accepted.map(({ id }) => id)).size, 8_000)
})

test('a record that GraphQL itself does not take is found by halving, and the others are accepted', async () => {
  await using platform = await startPlatform()
  platform.onSubmit = inputs => {
    if (inputs.some(({ id }) => id === 'poi-333')) throw fault('BAD_USER_INPUT', 'Variable "$inputs" got an invalid value.')
  }
  const refused: Refusal[] = []
  const judged = await importRows({
    rows: rowsUpTo(1_000),
    endpoint: new Endpoint(platform.url),
    signal: never,
    onJudged: (_, refusals) => refused.push(...refusals),
  })
  assert.deepEqual(judged, { row: 1_000, accepted: 999, refused: 1 })
  assert.deepEqual(
    refused.map(({ row, id, faults }) => [row, id, faults[0]?.message]),
    [[333, 'poi-333', 'Variable "$inputs" got an invalid value.']],
  )
})

test('a fault that trying again does not heal ends the import; what was acknowledged before is known', async () => {
  await using platform = await startPlatform()
  platform.onSubmit = inputs => {
    if (inputs.some(({ id }) => id === 'poi-2500')) throw fault('FORBIDDEN', 'You may not.')
  }
  let told: Judged | undefined
  const importing = importRows({
    rows: rowsUpTo(10_000),
    endpoint: new Endpoint(platform.url),
    signal: never,
    concurrency: 1,
    onJudged: judged => {
      told = judged
    },
  })
  await assert.rejects(importing, (error: unknown) => error instanceof PlatformError && error.code === 'FORBIDDEN')
  assert.deepEqual(told, { row: 2_000, accepted: 2_000, refused: 0 })
})

test('an abort ends it with the reason, and an import goes on behind what was acknowledged', async () => {
  await using platform = await startPlatform()
  const abort = new AbortController()
  let told: Judged = { row: 0, accepted: 0, refused: 0 }
  const onJudged = (judged: Judged) => {
    told = judged
    if (judged.row >= 2_000) abort.abort(new Error('enough'))
  }
  const endpoint = new Endpoint(platform.url)
  await assert.rejects(importRows({ rows: rowsUpTo(10_000), endpoint, signal: abort.signal, concurrency: 1, onJudged }), {
    message: 'enough',
  })
  assert.ok(told.row >= 2_000 && told.row < 10_000)
  const sentBefore = platform.batches.flat().length
  assert.deepEqual(await importRows({ rows: rowsUpTo(10_000), endpoint, signal: never, from: told }), {
    row: 10_000,
    accepted: 10_000,
    refused: 0,
  })
  assert.equal(platform.batches.flat().length - sentBefore, 10_000 - told.row)
  assert.equal(new Set(platform.batches.flat()).size, 10_000)
})
