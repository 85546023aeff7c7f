import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Pace } from './pace.ts'

test('after a rest a round begins at once; whoever comes sooner waits for the next one, all together', async () => {
  const pace = new Pace(30) // ms
  const begun = performance.now()
  await pace.round()
  const first = performance.now()
  const rounds = await Promise.all([1, 2, 3].map(() => pace.round().then(() => performance.now())))
  assert.ok(first - begun < 30)
  for (const round of rounds) {
    assert.ok(round - begun >= 29)
    assert.ok(round - (rounds[0] ?? 0) < 15)
  }
})
