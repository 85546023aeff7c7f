import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isDeeperThan, nestingOf } from './nesting.ts'

test('brackets count, but not in strings and comments', () => {
  const cases: readonly (readonly [text: string, levels: number])[] = [
    ['', 0],
    ['{ a(list: [[1], [2]]) { b } }', 4],
    ['{ a } { a { b } }', 2],
    ['{ a(text: "{{{ \\" {{{ \\\\") }', 2],
    ['{ a(text: """ {{{ " "" \\""" {{{ """) { b } }', 2],
    ['{ a(text: "") { b { c } } }', 3],
    ['{ a(text: """""") { b { c } } }', 3],
    ['{ # {{{ "\n a # {{{\r { b } }', 2],
    ['{ a(text: "never closed {{{\n[[', 4],
    ['{'.repeat(100_000), 100_000],
  ]
  for (const [text, levels] of cases) assert.equal(nestingOf(text), levels, text.slice(0, 100))
})

test('a value of any depth is judged', () => {
  const value = { a: [{ b: 1 }], c: null }
  assert.equal(isDeeperThan(3, value), false)
  assert.equal(isDeeperThan(2, value), true)
  assert.equal(isDeeperThan(100, JSON.parse('['.repeat(400_000) + ']'.repeat(400_000))), true)
})
