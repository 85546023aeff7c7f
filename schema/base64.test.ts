import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodeBase64 } from './base64.ts'

test('bytes survive in either alphabet, padded or not', () => {
  fc.assert(
    fc.property(fc.uint8Array(), bytes => {
      const buffer = Buffer.from(bytes)
      for (const text of [buffer.toString('base64'), buffer.toString('base64').replace(/=+$/, ''), buffer.toString('base64url')])
        assert.deepEqual(Buffer.from(decodeBase64(text) ?? []), buffer)
    }),
  )
})

test('line breaks and a data URL are taken', () => {
  assert.deepEqual(decodeBase64('aGVs\r\nbG8='), Buffer.from('hello'))
  assert.deepEqual(decodeBase64('data:image/png;base64,aGVsbG8='), Buffer.from('hello'))
})

test('what is no base64 is none', () => {
  for (const text of ['a', 'aGVsbG8*', 'aGVsbG8==', 'aGV=sbG8', '====', 'data:text/plain,hello', 'é', 'aGVsbG8=='.repeat(2)])
    assert.equal(decodeBase64(text), undefined, text)
})
