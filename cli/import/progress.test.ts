import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inWords, Pace } from './progress.ts'

test('the speed is the speed of late, and the time left follows from it', () => {
  const pace = new Pace(0, 0, 0)
  let measured = pace.measure(1_000, 0.01, 1_000)
  assert.deepEqual(measured, { rowsPerSecond: 1_000, etaSeconds: 99 })
  for (let second = 2; second <= 60; second++)
    measured = pace.measure(1_000 + (second - 1) * 500, 0.01 + (second - 1) * 0.005, second * 1_000)
  assert.ok(Math.abs(measured.rowsPerSecond - 500) < 1)
  assert.ok(Math.abs((measured.etaSeconds ?? 0) - (1 - 0.305) / 0.005) < 1)
  // A stall shows.
  for (let second = 61; second <= 90; second++) measured = pace.measure(30_500, 0.305, second * 1_000)
  assert.ok(measured.rowsPerSecond < 5)
})

test('a resumed import is measured from where it goes on', () => {
  const pace = new Pace(50_000, 0.5, 0)
  const { rowsPerSecond, etaSeconds = 0 } = pace.measure(51_000, 0.51, 1_000)
  assert.deepEqual([rowsPerSecond, Math.round(etaSeconds)], [1_000, 49])
})

test('progress in words leaves out what is not known', () => {
  const progress = { rows: 16_000, accepted: 16_000, refused: 0, rowsPerSecond: 11_203.4, fraction: 0.23, etaSeconds: 3.2 }
  assert.equal(inWords(progress), '23 %, 16,000 rows, 11,203/s, 3 s left')
  assert.equal(inWords({ ...progress, refused: 1, fraction: undefined, etaSeconds: undefined }), '16,000 rows, 11,203/s, 1 refused')
  assert.equal(inWords({ ...progress, etaSeconds: 3_725 }), '23 %, 16,000 rows, 11,203/s, 62 min 5 s left')
})
