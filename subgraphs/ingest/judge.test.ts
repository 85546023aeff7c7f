import assert from 'node:assert/strict'
import { test } from 'node:test'
import { judgePoi, judgeRemoval } from './judge.ts'

const NOW = 1_700_000_000_000_000
const CAFE = {
  id: 'cafe-1',
  name: ' Café\n Central ',
  category: 'amenity / cafe',
  location: { latitude: 48.2, longitude: 16.37 },
  timestamp: NOW,
}

test('a good record becomes a submission, normalised, accepted now', () => {
  const judged = judgePoi(CAFE, null, NOW)
  assert.ok(judged.ok)
  assert.equal(judged.submission.operation, 'UPSERT')
  assert.equal(judged.submission.acceptedAt, NOW)
  assert.equal(judged.submission.record.name, 'Café Central')
})

test('the idempotency key is the event id; without one the same record has the same id', () => {
  const keyed = judgePoi(CAFE, 'order-7', NOW)
  assert.ok(keyed.ok && keyed.submission.eventId === 'order-7')
  const [first, again, other] = [
    judgePoi(CAFE, null, NOW),
    judgePoi({ ...CAFE }, null, NOW + 1),
    judgePoi({ ...CAFE, timestamp: NOW - 1 }, null, NOW),
  ]
  assert.ok(first.ok && again.ok && other.ok)
  assert.equal(first.submission.eventId, again.submission.eventId)
  assert.notEqual(first.submission.eventId, other.submission.eventId)
})

test('every fault is told at once, the key included', () => {
  const wrong = {
    ...CAFE,
    name: '  ',
    location: { latitude: 91, longitude: -181 },
    timestamp: NOW + 301 * 1_000_000,
    imageBase64: '***',
    description: 'x'.repeat(8_193),
  }
  const judged = judgePoi(wrong, ' ', NOW)
  assert.ok(!judged.ok)
  assert.equal(judged.id, 'cafe-1')
  assert.deepEqual(judged.faults.map(({ field, code }) => `${field} ${code}`).sort(), [
    'description TOO_LONG',
    'idempotencyKey MISSING',
    'imageBase64 BAD_FORMAT',
    'location.latitude OUT_OF_RANGE',
    'location.longitude OUT_OF_RANGE',
    'name MISSING',
    'timestamp IN_THE_FUTURE',
  ])
})

test('a key has 1 to 256 characters, counted as people do', () => {
  assert.ok(judgePoi(CAFE, '🗺'.repeat(256), NOW).ok)
  for (const [key, code] of [
    ['', 'MISSING'],
    ['\t ', 'MISSING'],
    ['\u200b', 'MISSING'],
    ['k\ud800', 'BAD_FORMAT'],
    ['k'.repeat(257), 'TOO_LONG'],
    ['🗺'.repeat(257), 'TOO_LONG'],
  ] as const) {
    const judged = judgePoi(CAFE, key, NOW)
    assert.ok(!judged.ok)
    assert.deepEqual(
      judged.faults.map(({ field, code }) => ({ field, code })),
      [{ field: 'idempotencyKey', code }],
    )
  }
})

test('a removal has an id of its own and faults of its own', () => {
  const removal = judgeRemoval({ id: 'cafe-1', timestamp: NOW }, null, NOW)
  const record = judgePoi(CAFE, null, NOW)
  assert.ok(removal.ok && record.ok)
  assert.equal(removal.submission.operation, 'REMOVE')
  assert.notEqual(removal.submission.eventId, record.submission.eventId)
  const wrong = judgeRemoval({ id: ' ', timestamp: NOW + 301 * 1_000_000 }, 'k'.repeat(300), NOW)
  assert.ok(!wrong.ok)
  assert.deepEqual(
    wrong.faults.map(({ field }) => field),
    ['id', 'timestamp', 'idempotencyKey'],
  )
})
