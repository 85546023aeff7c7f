import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { poi } from './console.fixture.ts'
import type { PoiInput } from './import/row.ts'
import { startPlatform } from './platform.fixture.ts'
import { COMMANDS } from './run-poi.ts'
import { printable, table } from './terminal.ts'

const ZURICH: PoiInput = {
  id: 'airport:LSZH',
  sourceId: 'ourairports',
  name: 'Zürich Airport',
  category: 'large_airport',
  description: 'Zürich, Switzerland',
  location: { latitude: 47.458056, longitude: 8.548056 },
  timestamp: '2026-02-16T17:16:16.000Z',
  attributes: { iata: 'ZRH' },
}

test('--help: overall, and of every command with its options and examples', async () => {
  const overall = await poi('--help')
  assert.equal(overall.exit, 0)
  for (const { name, options, examples } of COMMANDS) {
    assert.ok(overall.stdout.includes(`  ${name} `) || overall.stdout.includes(`  ${name}\n`))
    const { exit, stdout } = await poi(name, '--help')
    assert.equal(exit, 0)
    for (const option of [...Object.keys(options), 'url', 'json']) assert.ok(stdout.includes(`--${option}`), `${name} --${option}`)
    for (const [example] of examples) assert.ok(stdout.includes(example))
  }
  const none = await poi()
  assert.equal(none.exit, 2)
  assert.equal(none.stdout, overall.stdout)
})

test('get shows a POI in words or as JSON; one that is not there is exit 1', async () => {
  await using platform = await startPlatform()
  platform.add(ZURICH)
  const { exit, stdout } = await poi('get', 'airport:LSZH', '--history', '--url', platform.url)
  assert.equal(exit, 0)
  assert.match(stdout, /^Zürich Airport\nid +airport:LSZH\n/)
  assert.match(stdout, / {2}iata +ZRH\n/)
  const json = await poi('get', 'airport:LSZH', '--json', '--url', platform.url)
  assert.deepEqual(JSON.parse(json.stdout).location, ZURICH.location)
  const none = await poi('get', 'airport:NONE', '--json', '--url', platform.url)
  assert.equal(none.exit, 1)
  assert.equal(none.stdout, 'null\n')
  assert.match(none.stderr, /There is no POI \\"airport:NONE\\"/)
  assert.equal((await poi('get', '--url', platform.url)).exit, 2)
  assert.equal((await poi('get', 'a', '--as-of', 'tomorrow', '--url', platform.url)).exit, 2)
})

test('search shows a table with distances; the count goes to stderr', async () => {
  await using platform = await startPlatform()
  platform.add(ZURICH)
  const { exit, stdout, stderr } = await poi('search', 'zürich', '--near', '47.4,8.5,50000', '--url', platform.url)
  assert.equal(exit, 0)
  assert.match(stdout, /^id +name +category +where +location +away\nairport:LSZH +Zürich Airport .*47\.45806,8\.54806 +7\.\d km\n$/)
  assert.equal(stderr, '1 of 1 found.\n')
  const json = JSON.parse((await poi('search', '--category', 'large_airport', '--json', '--url', platform.url)).stdout)
  assert.equal(json.totalCount, 1)
  assert.equal(json.pois[0].id, 'airport:LSZH')
  for (const words of [['search'], ['search', '--near', '91,0,1'], ['search', '--bbox', '0,10,1,5'], ['search', 'a', '--first', '501']])
    assert.equal((await poi(...words, '--url', platform.url)).exit, 2)
})

test('status tells how far everything is', async () => {
  await using platform = await startPlatform()
  platform.add(ZURICH)
  const { exit, stdout } = await poi('status', '--url', platform.url)
  assert.equal(exit, 0)
  assert.match(stdout, /POIs +1\nprocessed +1 submissions, 0 waiting\nlog +memory\n/)
  assert.match(stdout, /records +memory, healthy, up to date\n/)
  assert.equal(JSON.parse((await poi('status', '--json', '--url', platform.url)).stdout).healthy, true)
})

test('a server that is no platform is exit 3, with what it answered', async t => {
  const server = createServer((_, response) => response.writeHead(404).end('<html>'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { exit, stderr } = await poi('status', '--url', `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`)
  assert.equal(exit, 3)
  assert.match(stderr, /not GraphQL \(HTTP 404\)/)
})

test('text from outside cannot steer the terminal', () => {
  assert.equal(printable('a\u001b[31mb\u202ec\nd\u0085'), 'a\\u001b[31mb\\u202ec d\\u0085')
  assert.deepEqual(
    table([
      ['a', 'b\u0007'],
      ['long', 'c'],
    ]),
    ['a     b\\u0007', 'long  c'],
  )
})
