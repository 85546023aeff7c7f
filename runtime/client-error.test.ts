import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildSchema, execute, GraphQLError, parse } from 'graphql'
import { pino } from 'pino'
import { clientError } from './client-error.ts'
import { ERROR_TABLE, PoiError } from './errors.ts'

function mask(error: Parameters<typeof clientError>[0]) {
  const lines: string[] = []
  const logger = pino({}, { write: line => void lines.push(line) })
  return { shown: clientError(error, { correlationId: 'c-1', logger }), log: lines.join('') }
}

test('an error of the table is told in its own words, with what to do about it', () => {
  for (const code of ['OVERLOADED', 'CURSOR_EXPIRED', 'DEADLINE_EXCEEDED'] as const) {
    const cause = new Error('host db.internal refused')
    const thrown = new PoiError(code, 'A sentence.', { cause, details: { oldestCursor: 'abc' } })
    const { shown, log } = mask(new GraphQLError('A sentence.', { originalError: thrown, path: ['pois'] }))
    const { meaning: _, ...row } = ERROR_TABLE[code]
    assert.deepEqual(shown, {
      message: 'A sentence.',
      path: ['pois'],
      extensions: { code, ...row, oldestCursor: 'abc', correlationId: 'c-1' },
    })
    assert.match(log, /db\.internal/)
  }
})

test('anything else is hidden, and found in the log by the correlation id', () => {
  const errors = [
    new GraphQLError('SELECT * FROM secrets', { originalError: new Error('SELECT * FROM secrets') }),
    new GraphQLError('Cannot return null for non-nullable field'),
    new GraphQLError('odd', { extensions: { code: 'SOMETHING_ODD' } }),
    new GraphQLError('told', { originalError: new PoiError('INTERNAL_SERVER_ERROR', 'told') }),
    { message: 'from elsewhere', extensions: { stacktrace: ['at secret.ts'] } },
  ]
  for (const error of errors) {
    const { shown, log } = mask(error)
    assert.equal(shown.extensions?.['code'], 'INTERNAL_SERVER_ERROR')
    assert.equal(shown.extensions?.['correlationId'], 'c-1')
    assert.ok(!JSON.stringify(shown).includes(error.message), JSON.stringify(shown))
    assert.ok(log.includes(error.message) && log.includes('c-1'), log)
  }
})

test('errors from another process keep their code, and lose what is private', () => {
  const { shown } = mask({
    message: 'Too much.',
    path: ['a', 0],
    extensions: { code: 'OVERLOADED', stacktrace: ['secret'], serviceName: 'x' },
  })
  assert.deepEqual(shown.path, ['a', 0])
  assert.doesNotMatch(JSON.stringify(shown), /secret|serviceName/)
  assert.equal(shown.extensions?.['retryAfterMs'], 200)
})

test('values of the wrong form are the fault of who sent them', () => {
  const schema = buildSchema('type Query { at(n: Int!): Int }')
  for (const [text, variables] of [
    ['query ($n: Int!) { at(n: $n) }', { n: 'x' }],
    ['query ($n: Int!) { at(n: $n) }', {}],
    ['{ at(n: "x") }', {}],
  ] as const) {
    const result = execute({ schema, document: parse(text), variableValues: variables })
    if (result instanceof Promise) throw new Error('It was to be answered at once')
    const [error] = result.errors ?? []
    if (error === undefined) throw new Error('It was to fail')
    const { shown } = mask(error)
    assert.deepEqual(shown.extensions, { code: 'BAD_USER_INPUT', retryable: false, correlationId: 'c-1' })
    assert.equal(shown.message, error.message)
  }
})
