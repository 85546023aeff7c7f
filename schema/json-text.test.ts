import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isTooDeep, MAX_DEPTH, membersOf, parseJson } from './json-text.ts'

const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels)

test('JSON is read as deep as the platform takes, and refused beyond, however deep', () => {
  assert.ok(parseJson(nested(MAX_DEPTH)))
  for (const levels of [MAX_DEPTH + 1, 1_000_000]) assert.throws(() => parseJson(nested(levels)), /deeper than 100/)
  assert.throws(() => parseJson('['.repeat(1_000_000)), SyntaxError)
})

test('brackets in texts do not count', () => {
  assert.equal(parseJson(JSON.stringify(`"${nested(500)}\\`)), `"${nested(500)}\\`)
})

test('values and texts are measured alike', () => {
  assert.equal(isTooDeep(JSON.parse(nested(MAX_DEPTH))), false)
  assert.equal(isTooDeep(JSON.parse(nested(MAX_DEPTH + 1))), true)
  assert.equal(isTooDeep({ a: [{}] }), false)
})

test('members are found as they are written', () => {
  const text = '{ "a" : 1.0, "b\\u0022":{"c":[1,{"d":"}"}]} ,"a":"x,y" , "e":[]}'
  assert.deepEqual(
    [...membersOf(text)].map(({ name, start, end }) => [name, text.slice(start, end)]),
    [
      ['a', '"a" : 1.0'],
      ['b"', '"b\\u0022":{"c":[1,{"d":"}"}]} '],
      ['a', '"a":"x,y" '],
      ['e', '"e":[]'],
    ],
  )
  assert.deepEqual([...membersOf(' { } ')], [])
})

test('the members of any object are found', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat({ max: 3 }), (object, indent) => {
      const text = JSON.stringify(object, null, indent)
      const parts = [...membersOf(text)].map(({ start, end }) => text.slice(start, end))
      assert.deepEqual(JSON.parse(`{${parts.join(',')}}`), JSON.parse(text))
      assert.deepEqual(
        [...membersOf(text)].map(member => member.name),
        Object.keys(JSON.parse(text)),
      )
    }),
  )
})
