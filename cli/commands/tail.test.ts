import assert from 'node:assert/strict'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { poi, startPoi } from '../console.fixture.ts'
import type { PoiInput } from '../import/row.ts'
import { startPlatform } from '../platform.fixture.ts'

function poiOf(id: string): PoiInput {
  return {
    id,
    name: `Name of ${id}`,
    category: 'large_airport',
    location: { latitude: 1, longitude: 2 },
    timestamp: '2024-05-01T12:00:00.000Z',
  }
}

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'poi-tail-'))
  t.after(() => rm(directory, { recursive: true }))
  return directory
}

const changedIds = (stdout: string): string[] =>
  stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
    .filter(({ type }) => type === 'change')
    .map(({ poi }) => poi.id)

test('changes are shown as they come; Ctrl-C is exit 0 and prints where to go on', async () => {
  await using platform = await startPlatform()
  const tail = startPoi(['tail', '--url', platform.url, '--after', 'c0'])
  platform.add(poiOf('a'))
  platform.add(poiOf('a'))
  await tail.stdout.shows(/v2/)
  tail.interrupt()
  const { exit, stdout, stderr } = await tail.outcome
  assert.equal(exit, 0)
  assert.equal(
    stdout,
    '12:00:00.000Z CREATED a v1 Name of a [large_airport] 1.00000,2.00000\n12:00:00.000Z UPDATED a v2 Name of a [large_airport] 1.00000,2.00000\n',
  )
  assert.equal(stderr, 'To go on from here: poi tail --after c2\n')
})

test('--limit ends it, --after continues without loss or repetition', async () => {
  await using platform = await startPlatform()
  for (const id of ['a', 'b', 'c', 'd', 'e']) platform.add(poiOf(id))
  const first = await poi('tail', '--json', '--after', 'c0', '--limit', '2', '--url', platform.url)
  assert.equal(first.exit, 0)
  assert.deepEqual(changedIds(first.stdout), ['a', 'b'])
  const { cursor } = JSON.parse(first.stdout.trim().split('\n').at(-1) ?? '')
  const second = await poi('tail', '--json', '--after', cursor, '--limit', '3', '--url', platform.url)
  assert.deepEqual(changedIds(second.stdout), ['c', 'd', 'e'])
})

test('--state keeps the cursor from run to run', async t => {
  await using platform = await startPlatform()
  const state = join(await temporary(t), 'cursor')
  await writeFile(state, 'c0\n')
  for (const id of ['a', 'b', 'c']) platform.add(poiOf(id))
  const tail = ['tail', '--json', '--state', state, '--url', platform.url, '--limit'] as const
  assert.deepEqual(changedIds((await poi(...tail, '2')).stdout), ['a', 'b'])
  assert.equal(await readFile(state, 'utf8'), 'c2\n')
  assert.deepEqual(changedIds((await poi(...tail, '1')).stdout), ['c'])
  await writeFile(state, 'not a cursor\n')
  assert.equal((await poi(...tail, '1')).exit, 1)
})

test('a restart of the platform is survived: it goes on behind the last event', async t => {
  let platform = await startPlatform()
  t.after(async () => await platform[Symbol.asyncDispose]())
  const { state, port, url } = platform
  const tail = startPoi(['tail', '--json', '--after', 'c0', '--limit', '4', '--url', url])
  platform.add(poiOf('a'))
  platform.add(poiOf('b'))
  await tail.stdout.shows(/Name of b/)
  await platform[Symbol.asyncDispose]()
  await tail.stderr.shows(/Trying again in/)
  state.accepted.push(poiOf('c'))
  platform = await startPlatform({ port, state })
  platform.add(poiOf('d'))
  const { exit, stdout, stderr } = await tail.outcome
  assert.equal(exit, 0)
  assert.deepEqual(changedIds(stdout), ['a', 'b', 'c', 'd'])
  assert.match(stderr, /Connected again; going on behind the last event\./)
})

test('what happens before the first event is not lost in a restart either: "now" is a cursor', async t => {
  let platform = await startPlatform()
  t.after(async () => await platform[Symbol.asyncDispose]())
  const { state, port, url } = platform
  state.accepted.push(poiOf('old'))
  const tail = startPoi(['tail', '--json', '--limit', '1', '--url', url])
  // The gap shows that the subscription stands; it carries a cursor, but no change.
  while (!tail.stdout.text.includes('gap')) {
    platform.gap(1)
    await new Promise(resolve => setImmediate(resolve))
  }
  await platform[Symbol.asyncDispose]()
  await tail.stderr.shows(/Trying again in/)
  state.accepted.push(poiOf('new'))
  platform = await startPlatform({ port, state })
  assert.deepEqual(changedIds((await tail.outcome).stdout), ['new'])
})

test('a gap is told, with how to read what was dropped', async () => {
  await using platform = await startPlatform()
  platform.add(poiOf('a'))
  const tail = startPoi(['tail', '--after', 'c0', '--url', platform.url])
  await tail.stdout.shows(/Name of a/)
  platform.gap(1234)
  await tail.stdout.shows(/-- 1,234 changes were dropped here; to read them: poi tail --after c1/)
  tail.interrupt()
  assert.equal((await tail.outcome).exit, 0)
})

test('a cursor that is not held any more, or none at all, is exit 1 with what can be done', async () => {
  await using platform = await startPlatform()
  for (const id of ['a', 'b', 'c']) platform.add(poiOf(id))
  platform.state.oldest = 2
  const expired = await poi('tail', '--after', 'c0', '--url', platform.url)
  assert.equal(expired.exit, 1)
  assert.match(expired.stderr, /The oldest that can be had: poi tail --after c2/)
  const invalid = await poi('tail', '--after', 'forged', '--url', platform.url)
  assert.equal(invalid.exit, 1)
  assert.match(invalid.stderr, /Is it a cursor of this platform/)
})

test('no platform is exit 3 at once; wrong filters are exit 2', async () => {
  assert.equal((await poi('tail', '--url', 'http://127.0.0.1:1/graphql')).exit, 3)
  for (const words of [
    ['--near', '1,2'],
    ['--max-per-second', '0'],
    ['--limit', 'x'],
    ['--bbox', '0,0,181,0'],
  ])
    assert.equal((await poi('tail', ...words)).exit, 2)
})
