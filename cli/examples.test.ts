import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { poi } from './console.fixture.ts'

const example = (name: string) => fileURLToPath(new URL(`../examples/${name}`, import.meta.url))

test('the example files are read as their page says', async () => {
  for (const [file, accepted, refused, exit] of [
    ['vienna.csv', 6, 0, 0],
    ['berlin.geojson', 3, 0, 0],
    ['car.ndjson', 4, 1, 4],
  ] as const) {
    const outcome = await poi('import', example(file), '--dry-run', '--json')
    const summary = JSON.parse(outcome.stdout.trim().split('\n').at(-1) ?? '')
    assert.deepEqual([summary.accepted, summary.refused, outcome.exit], [accepted, refused, exit], file)
  }
})
