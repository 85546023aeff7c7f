import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BreakerState, createBreaker } from './breaker.ts'
import { createRetryBudget } from './retry-budget.ts'

test('failures in a row open it; after a rest one call may try; its success closes it', () => {
  let now = 0
  const states: BreakerState[] = []
  const breaker = createBreaker({ threshold: 3, restMs: 100, now: () => now, onChange: state => states.push(state) })
  for (let n = 0; n < 2; n += 1) breaker.failed()
  breaker.succeeded()
  for (let n = 0; n < 3; n += 1) {
    assert.ok(breaker.allows())
    breaker.failed()
  }
  assert.equal(breaker.allows(), false)
  now = 100
  assert.equal(breaker.allows(), true)
  assert.equal(breaker.allows(), false, 'only one may try')
  breaker.failed()
  assert.equal(breaker.allows(), false)
  now = 200
  assert.equal(breaker.allows(), true)
  breaker.succeeded()
  assert.equal(breaker.allows(), true)
  assert.deepEqual(states, ['open', 'half-open', 'open', 'half-open', 'closed'])
})

test('retries stay a fifth of what is sent, with a few saved for bad moments', () => {
  const budget = createRetryBudget({ share: 0.2, burst: 10 })
  let retries = 0
  for (let n = 0; n < 1_000; n += 1) {
    budget.sent()
    if (budget.take()) retries += 1
  }
  assert.ok(retries <= 210 && retries >= 200, String(retries))
})
