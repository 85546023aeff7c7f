import assert from 'node:assert/strict'
import { test } from 'node:test'
import { processedPoi } from './changes.fixture.ts'
import { openStoreFixture, type StoreFixture } from './store.fixture.ts'

/** Hundred POIs in one place, each with 30 kB of attributes: 3 MB together. */
async function openHeavy(): Promise<StoreFixture> {
  const fixture = await openStoreFixture()
  const attributes = { text: 'x'.repeat(30_000) }
  for (let at = 0; at < 100; at += 20) {
    await fixture.put(Array.from({ length: 20 }, (_, i) => processedPoi({ id: `heavy-${at + i}`, attributes })))
  }
  await fixture.applied()
  return fixture
}

const many = (field: string): string => Array.from({ length: 30 }, (_, i) => `a${i}: ${field}`).join(' ')

// A page of heavy POIs under thirty names stopped the process for seconds; with their neighbours it ended it.
test('an answer of more than 16 MiB is refused in few words, wherever its bytes come from', async () => {
  await using fixture = await openHeavy()
  const fat = [
    `{ pois(first: 100) { edges { node { ${many('attributes')} } } } }`,
    '{ pois(first: 100) { edges { node { nearby(first: 99) { poi { attributes } } } } } }',
    '{ changes(first: 100) { nodes { poi { nearby(first: 99) { poi { attributes } } } } } }',
    `{ pois(first: 100) { edges { node { ${'a'.repeat(200_000)}: version } } } }`,
    `{ ${Array.from({ length: 10 }, (_, i) => `r${i}: nearest(latitude: 52, longitude: 13, first: 100) { poi { attributes } }`).join(' ')} }`,
  ]
  for (const query of fat) {
    const { data, errors = [] } = await fixture.ask(query)
    assert.equal(data, null, query.slice(0, 100))
    assert.ok(errors.length > 0 && errors.length <= 30, `${errors.length} errors`)
    for (const { message, extensions } of errors) {
      assert.equal(extensions['code'], 'PAYLOAD_TOO_LARGE')
      assert.equal(message, 'The answer would be larger than 16 MiB; ask for fewer POIs or fewer fields.')
    }
  }
})

test('what heavy POIs are asked for counts, not what they carry', async () => {
  await using fixture = await openHeavy()
  const { pois } = await fixture.data('{ pois(first: 100) { edges { node { id attributes } } } }')
  assert.equal(pois.edges.length, 100)
  const { pois: around } = await fixture.data('{ pois(first: 100) { edges { node { nearby(first: 99) { poi { id } } } } } }')
  assert.equal(around.edges[99].node.nearby.length, 99)
})
