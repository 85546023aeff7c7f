/**
 * The interpreter of rule sets. Judging a record always ends and takes bounded time: there are no loops, no I/O and no user code, and a
 * set's size and nesting are bounded when it is compiled.
 */
import type { Fault, Location, PoiRecord } from '#schema/poi.ts'
import type { Condition, NumberField, Rule, RuleSet, Step } from './rule-set.ts'

/** A rule set, compiled once. Both functions are pure. */
export interface Rules {
  readonly version: number
  /** Takes the noise out of a record. */
  readonly correct: (record: PoiRecord) => PoiRecord
  /** What the rules say of a corrected record, all of them, in their order. */
  readonly judge: (record: PoiRecord) => Judgement
}

export interface Judgement {
  readonly faults: readonly Fault[]
  /** ids of the rules that warned */
  readonly warnings: readonly string[]
}

const MOST_STEPS = 100
const MOST_RULES = 500
const MOST_CONDITIONS = 5_000
const DEEPEST_CONDITION = 16

/** @throws RangeError when the set is larger or nested deeper than judging a record may cost, or two rules share an id. */
export function compileRules({ version, steps, rules }: RuleSet): Rules {
  if (steps.length > MOST_STEPS) throw new RangeError(`expected at most ${MOST_STEPS} steps, came ${steps.length}`)
  if (rules.length > MOST_RULES) throw new RangeError(`expected at most ${MOST_RULES} rules, came ${rules.length}`)
  const ids = new Set(rules.map(rule => rule.id))
  if (ids.size < rules.length) throw new RangeError('expected every rule to have an id of its own, came one twice')

  const budget = { conditions: MOST_CONDITIONS }
  const speakers = rules.map(rule => ({ rule, speaks: compile(rule.when, DEEPEST_CONDITION, budget) }))
  return {
    version,
    correct: record => {
      const location = steps.reduce(clamp, record.location)
      return location === record.location ? record : { ...record, location }
    },
    judge: record => {
      const spoken = speakers.filter(({ speaks }) => speaks(record)).map(({ rule }) => rule)
      if (spoken.length === 0) return NOTHING_SAID
      return {
        faults: spoken.filter(rule => rule.severity === 'REJECT').map(faultOf),
        warnings: spoken.filter(rule => rule.severity === 'WARN').map(rule => rule.id),
      }
    },
  }
}

const NOTHING_SAID: Judgement = { faults: [], warnings: [] }

const faultOf = ({ id, message, field }: Rule): Fault => ({ field, code: 'RULE', message: `Rule ${id}: ${message}` })

const axisOf = (field: NumberField): keyof Location => (field === 'location.latitude' ? 'latitude' : 'longitude')

function clamp(location: Location, { field, low, high, tolerance }: Step): Location {
  const axis = axisOf(field)
  const came = location[axis]
  const clamped = Math.min(high, Math.max(low, came))
  return clamped !== came && Math.abs(came - clamped) <= tolerance ? { ...location, [axis]: clamped } : location
}

function compile(condition: Condition, depth: number, budget: { conditions: number }): (record: PoiRecord) => boolean {
  if (depth === 0) throw new RangeError(`expected conditions nested at most ${DEEPEST_CONDITION} deep`)
  if (budget.conditions-- === 0) throw new RangeError(`expected at most ${MOST_CONDITIONS} conditions in a rule set`)

  if ('all' in condition) {
    const tests = condition.all.map(inner => compile(inner, depth - 1, budget))
    return record => tests.every(test => test(record))
  }
  if ('not' in condition) {
    const test = compile(condition.not, depth - 1, budget)
    return record => !test(record)
  }
  if ('number' in condition) {
    const { low, high } = condition
    const axis = axisOf(condition.number)
    return ({ location }) => location[axis] >= low && location[axis] <= high
  }
  if ('text' in condition) {
    const texts = new Set<string | null>(condition.oneOf)
    const field = condition.text
    return record => texts.has(record[field])
  }
  const categories = new Set(condition.categoryUnder)
  return record => isUnder(record.category, categories)
}

function isUnder(category: string, categories: ReadonlySet<string>): boolean {
  for (let end = category.length; end > 0; end = category.lastIndexOf('/', end - 1)) {
    if (categories.has(category.slice(0, end))) return true
  }
  return false
}
