import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEFAULT_RULES } from './default-rules.ts'
import { cafe } from './processor.fixture.ts'
import type { Condition, Rule, RuleSet } from './rule-set.ts'
import { compileRules } from './rules.ts'

const never: Condition = { not: { all: [] } }
const rule = (id: string, when: Condition, severity: Rule['severity'] = 'REJECT'): Rule => ({
  id,
  when,
  message: 'that is wrong.',
  severity,
  field: null,
})
const setOf = (...rules: readonly Rule[]): RuleSet => ({ version: 5, steps: [], rules })
const speaks = (when: Condition, over = {}) => compileRules(setOf(rule('r', when))).judge(cafe(over)).faults.length === 1

test('every rule that holds speaks: REJECT makes a fault that names it, WARN only its id', () => {
  const rules = compileRules(
    setOf(rule('one', { all: [] }), rule('two', { all: [] }, 'WARN'), rule('three', never), rule('four', { all: [] })),
  )
  assert.deepEqual(rules.judge(cafe()), {
    faults: [
      { field: null, code: 'RULE', message: 'Rule one: that is wrong.' },
      { field: null, code: 'RULE', message: 'Rule four: that is wrong.' },
    ],
    warnings: ['two'],
  })
})

test('conditions read numbers, texts and categories, and combine', () => {
  const northern: Condition = { number: 'location.latitude', low: 0, high: 90 }
  const cafes: Condition = { categoryUnder: ['amenity/cafe', 'shop'] }
  assert.ok(speaks(northern))
  assert.ok(!speaks(northern, { location: { latitude: -0.1, longitude: 0 } }))
  assert.ok(!speaks(northern, { location: { latitude: Number.NaN, longitude: 0 } }))
  assert.ok(speaks({ text: 'sourceId', oneOf: ['osm', 'survey'] }))
  assert.ok(!speaks({ text: 'sourceId', oneOf: ['osm'] }, { sourceId: null }))
  assert.ok(speaks(cafes, { category: 'amenity/cafe/viennese' }))
  assert.ok(!speaks(cafes, { category: 'amenity/cafeteria' }))
  assert.ok(!speaks(cafes, { category: 'amenity' }))
  assert.ok(speaks({ all: [northern, cafes] }))
  assert.ok(!speaks({ all: [northern, { not: cafes }] }))
})

test('a set that would cost too much is refused when it is compiled', () => {
  const deep = (levels: number): Condition => (levels === 0 ? never : { not: deep(levels - 1) })
  const wide: Condition = { all: Array.from({ length: 5_000 }, () => ({ all: [] })) }
  assert.throws(() => compileRules(setOf(rule('deep', deep(20)))), /16 deep/)
  assert.throws(() => compileRules(setOf(rule('wide', wide))), /5000 conditions/)
  assert.throws(() => compileRules(setOf(...Array.from({ length: 501 }, (_, index) => rule(`r${index}`, never)))), /500 rules/)
  assert.throws(() => compileRules(setOf(rule('same', never), rule('same', never))), /came one twice/)
})

test('the default set is plain data', () => {
  assert.deepEqual(JSON.parse(JSON.stringify(DEFAULT_RULES)), DEFAULT_RULES)
  assert.equal(compileRules(DEFAULT_RULES).version, 1)
})
