import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeExecutableSchema } from '@graphql-tools/schema'
import { graphqlSync, parseValue } from 'graphql'
import { scalars } from './scalars.ts'

const { DateTime, Cursor, BigInt: BigIntScalar, JSON: Json } = scalars

test('DateTime is RFC 3339 outside and µs inside', () => {
  assert.equal(DateTime.parseValue('2024-05-01T14:00:00+02:00'), 1_714_564_800_000_000)
  assert.equal(DateTime.parseLiteral(parseValue('"2024-05-01T12:00:00Z"'), {}), 1_714_564_800_000_000)
  assert.equal(DateTime.serialize(1_714_564_800_000_001), '2024-05-01T12:00:00.000001Z')
})

test('DateTime tells what was wanted and what came', () => {
  const wanted = 'DateTime: wanted an RFC 3339 instant such as "2024-05-01T12:00:00Z"; came '
  assert.throws(() => DateTime.parseValue('yesterday'), { message: `${wanted}"yesterday".` })
  assert.throws(() => DateTime.parseValue(1_714_564_800), { message: `${wanted}1714564800.` })
  assert.throws(() => DateTime.parseLiteral(parseValue('{a: 1}'), {}), { message: `${wanted}an object.` })
  assert.throws(() => DateTime.serialize('2024'), /DateTime/)
})

test('Cursor is text', () => {
  assert.equal(Cursor.parseValue('abc'), 'abc')
  assert.equal(Cursor.serialize('abc'), 'abc')
  for (const wrong of ['', 5, null, {}, 'x'.repeat(1_000_000)]) assert.throws(() => Cursor.parseValue(wrong), /wanted the text of a cursor/)
})

test('BigInt is decimal text outside', () => {
  assert.equal(BigIntScalar.serialize(2n ** 60n), '1152921504606846976')
  assert.equal(BigIntScalar.serialize(5), '5')
  assert.equal(BigIntScalar.parseValue('-1152921504606846976'), -(2n ** 60n))
  assert.equal(BigIntScalar.parseLiteral(parseValue('12'), {}), 12n)
  for (const wrong of ['', '1.5', '0x10', 1.5, null, '1'.repeat(100)]) assert.throws(() => BigIntScalar.parseValue(wrong), /BigInt: wanted/)
})

test('JSON takes literals and the variables in them', () => {
  const node = parseValue('{a: [1, 2.5, "x", true, null, ENUM], b: {c: $v}, __proto__: 1}')
  const value = Json.parseLiteral(node, { v: { deep: 1 } })
  assert.equal(globalThis.JSON.stringify(value), '{"a":[1,2.5,"x",true,null,"ENUM"],"b":{"c":{"deep":1}},"__proto__":1}')
})

test('JSON literals are bounded in depth', () => {
  assert.throws(() => Json.parseLiteral(parseValue('['.repeat(500) + ']'.repeat(500)), {}), /at most 100 levels/)
})

test('a client sees the message', () => {
  const typeDefs = 'scalar DateTime type Query { at(when: DateTime!): DateTime! }'
  const schema = makeExecutableSchema({ typeDefs, resolvers: { DateTime } })
  const source = 'query ($when: DateTime!) { at(when: $when) }'
  const { errors = [] } = graphqlSync({ schema, source, variableValues: { when: 'soon' } })
  assert.match(errors[0]?.message ?? '', /wanted an RFC 3339 instant .* came "soon"/)
})
