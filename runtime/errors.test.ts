import assert from 'node:assert/strict'
import { test } from 'node:test'
import { GraphQLError } from 'graphql'
import { ERROR_TABLE, PoiError } from './errors.ts'

test('a client sees code, retry advice and details, but neither cause nor meaning', () => {
  const original = new PoiError('CURSOR_EXPIRED', 'The log no longer holds this cursor.', {
    cause: new Error('offset 7'),
    details: { oldestCursor: 'x' },
  })
  const { extensions } = new GraphQLError(original.message, { originalError: original })
  assert.deepEqual(extensions, { code: 'CURSOR_EXPIRED', retryable: false, oldestCursor: 'x' })
})

test('what is retryable says when; what is not does not', () => {
  for (const [code, row] of Object.entries(ERROR_TABLE)) assert.equal('retryAfterMs' in row, row.retryable, code)
})
