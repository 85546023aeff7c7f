import assert from 'node:assert/strict'
import { createHmac, randomBytes } from 'node:crypto'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeCursor, decodeReceipt, encodeCursor, encodeReceipt } from './cursor.ts'

// Any UTF-16, halves of surrogate pairs included.
const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map(code => String.fromCharCode(code)) })

const key = randomBytes(32)
const offset = fc.maxSafeNat()
const positions = fc.array(offset, { maxLength: 64 })

test('a cursor holds its positions, as many as there were', () => {
  fc.assert(fc.property(positions, vector => assert.deepEqual(decodeCursor(encodeCursor(vector, key), key), vector)))
})

test('a receipt holds its position and time', () => {
  fc.assert(
    fc.property(offset, offset, offset, (partition, at, acceptedAt) => {
      const receipt = { partition, offset: at, acceptedAt }
      assert.deepEqual(decodeReceipt(encodeReceipt(receipt, key), key), receipt)
    }),
  )
})

test('a receipt is no cursor and a cursor no receipt', () => {
  assert.equal(decodeReceipt(encodeCursor([5, 6], key), key), undefined)
  assert.equal(decodeCursor(encodeReceipt({ partition: 1, offset: 5, acceptedAt: 6 }, key), key), undefined)
})

test('another key opens nothing', () => {
  const other = randomBytes(32)
  assert.equal(decodeCursor(encodeCursor([1, 2], key), other), undefined)
  assert.equal(decodeReceipt(encodeReceipt({ partition: 1, offset: 2, acceptedAt: 3 }, key), other), undefined)
})

test('any change makes a cursor worthless: cut, lengthened, a character replaced, padded, spelled otherwise', () => {
  const cursor = encodeCursor([1, 200, 3_000_000], key)
  for (let i = 0; i < cursor.length; i++) {
    assert.equal(decodeCursor(cursor.slice(0, i), key), undefined)
    for (const other of ['A', 'B', '-', '_', '+', '/', '=', ' ', 'é'])
      if (cursor[i] !== other) assert.equal(decodeCursor(cursor.slice(0, i) + other + cursor.slice(i + 1), key), undefined)
  }
  for (const spelling of [`${cursor}=`, `${cursor}\n`, ` ${cursor}`, `${cursor}A`, cursor + cursor])
    assert.equal(decodeCursor(spelling, key), undefined)
})

test('no text from elsewhere is a cursor or a receipt, nor makes them throw', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.base64String()), text => {
      assert.equal(decodeCursor(text, key), undefined)
      assert.equal(decodeReceipt(text, key), undefined)
    }),
  )
  assert.equal(decodeCursor('A'.repeat(10_000_000), key), undefined)
})

test('a cursor of a version to come is not misread', () => {
  const body = Buffer.from([2, 1, 1, 5])
  const mac = createHmac('sha256', key).update(body).digest().subarray(0, 16)
  assert.equal(decodeCursor(Buffer.concat([body, mac]).toString('base64url'), key), undefined)
})

test('cursors of version 1 stay readable', () => {
  const fixed = Buffer.alloc(32, 7)
  assert.deepEqual(decodeCursor('AQEDAQDAhD0HeTUNoknzjvQ5bqCSMGBq', fixed), [1, 0, 1_000_000])
  assert.equal(encodeCursor([1, 0, 1_000_000], fixed), 'AQEDAQDAhD0HeTUNoknzjvQ5bqCSMGBq')
})

test('receipts of version 1 stay readable', () => {
  const receipt = { partition: 3, offset: 123_456, acceptedAt: 1_714_564_800_123_456 }
  assert.deepEqual(decodeReceipt('AQIDwMQHwKTszrPshQPWnEpU_SlNGVfJ5NbeEsIG', Buffer.alloc(32, 7)), receipt)
})

test('what is no position cannot be written', () => {
  for (const wrong of [-1, 0.5, Number.NaN, 2 ** 53]) assert.throws(() => encodeCursor([wrong], key), RangeError)
})
