import assert from 'node:assert/strict'
import { test } from 'node:test'
import { EVENTS_REMEMBERED, markOf, remember, remembers } from './recent-events.ts'

test('an event is remembered until 32 newer ones came', () => {
  let recent = remember('', markOf('first'))
  for (let index = 1; index < EVENTS_REMEMBERED; index++) recent = remember(recent, markOf(`e${index}`))
  assert.ok(remembers(recent, markOf('first')))
  recent = remember(recent, markOf('one too many'))
  assert.ok(!remembers(recent, markOf('first')))
  assert.ok(remembers(recent, markOf('e1')))
})

test('a match across two marks is none', () => {
  const recent = remember(remember('', 'abcdefgh'), 'ijklmnop')
  assert.ok(!remembers(recent, 'efghijkl'))
  assert.ok(remembers(remember(recent, 'efghijkl'), 'efghijkl'))
})
