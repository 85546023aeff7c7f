import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatInstant, parseInstant, parseTimestamp } from './time.ts'

const MAY_1 = Date.UTC(2024, 4, 1, 12) * 1_000 // µs

test('an instant is read in any offset', () => {
  for (const text of ['2024-05-01T12:00:00Z', '2024-05-01t14:00:00.000+02:00', '2024-05-01 06:30:00-05:30', '2024-05-01T12:00:00-00:00'])
    assert.equal(parseInstant(text), MAY_1, text)
})

test('fractions are read to nanoseconds and cut off at microseconds', () => {
  assert.equal(parseInstant('2024-05-01T12:00:00.1Z'), MAY_1 + 100_000)
  assert.equal(parseInstant('2024-05-01T12:00:00.123456789Z'), MAY_1 + 123_456)
  assert.equal(parseInstant('1969-12-31T23:59:59.999999999Z'), -1)
})

test('a leap second is the start of the next minute, and there is none at other times', () => {
  assert.equal(parseInstant('2016-12-31T23:59:60Z'), parseInstant('2017-01-01T00:00:00Z'))
  assert.equal(parseInstant('2017-01-01T00:59:60+01:00'), parseInstant('2017-01-01T00:00:00Z'))
  assert.equal(parseInstant('2016-12-31T12:34:60Z'), undefined)
})

test('what is no instant is none', () => {
  const wrong = [
    '',
    'yesterday',
    '2024-05-01',
    '2024-05-01T12:00:00',
    '2024-05-01T12:00Z',
    '2024-02-30T12:00:00Z',
    '2023-02-29T12:00:00Z',
    '2024-13-01T12:00:00Z',
    '2024-00-01T12:00:00Z',
    '2024-05-01T24:00:00Z',
    '2024-05-01T12:60:00Z',
    '2024-05-01T12:00:61Z',
    '2024-05-01T12:00:00.Z',
    '2024-05-01T12:00:00.1234567890Z',
    '2024-05-01T12:00:00+24:00',
    '2024-05-01T12:00:00+0200',
    '0050-05-01T12:00:00Z',
    '9999-05-01T12:00:00Z',
    '2024-05-01T12:00:00Z ',
    '٢٠٢٤-05-01T12:00:00Z',
  ]
  for (const text of wrong) assert.equal(parseInstant(text), undefined, text)
})

test('an instant is written with milliseconds, and with microseconds where there are some', () => {
  assert.equal(formatInstant(MAY_1), '2024-05-01T12:00:00.000Z')
  assert.equal(formatInstant(MAY_1 + 5), '2024-05-01T12:00:00.000005Z')
  assert.equal(formatInstant(-1), '1969-12-31T23:59:59.999999Z')
})

test('every instant survives being written and read', () => {
  fc.assert(fc.property(fc.maxSafeInteger(), micros => assert.equal(parseInstant(formatInstant(micros)), micros)))
})

test('a timestamp is taken in s, ms, µs and ns, as number, bigint or text', () => {
  const seconds = MAY_1 / 1e6
  for (const value of [seconds, seconds * 1e3, seconds * 1e6, seconds * 1e9]) {
    assert.equal(parseTimestamp(value), MAY_1, String(value))
    assert.equal(parseTimestamp(BigInt(value)), MAY_1, String(value))
    assert.equal(parseTimestamp(` ${BigInt(value)} `), MAY_1, String(value))
  }
  assert.equal(parseTimestamp('2024-05-01T14:00:00+02:00'), MAY_1)
})

test('parts of a unit are kept to microseconds', () => {
  assert.equal(parseTimestamp(1714564800.123456), MAY_1 + 123_456)
  assert.equal(parseTimestamp('1714564800.5'), MAY_1 + 500_000)
  assert.equal(parseTimestamp('1714564800123456789'), MAY_1 + 123_456)
  assert.equal(parseTimestamp(-1_714_564_800_123_456_789n), -MAY_1 - 123_457)
  assert.equal(parseTimestamp(0), 0)
})

test('what is no timestamp is none', () => {
  for (const value of [
    undefined,
    null,
    true,
    {},
    [],
    '',
    ' ',
    'soon',
    '1e9',
    '0x10',
    Number.NaN,
    Number.POSITIVE_INFINITY,
    5e10,
    10n ** 30n,
    '9'.repeat(40),
  ])
    assert.equal(parseTimestamp(value), undefined, String(value))
})
