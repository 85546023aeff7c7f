import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LogRecord, Tx } from '#log/log.ts'
import { createLogger } from '#runtime/logger.ts'
import { decodeDeadLetter } from '#schema/dead-letter-codec.ts'
import { decodeProcessed, encodeSubmission } from '#schema/poi-codec.ts'
import { TOPICS } from '#schema/topics.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import { cafe, NOON, upsert } from './processor.fixture.ts'
import type { Tally } from './processor-metrics.ts'
import { compileRules, type Rules } from './rules.ts'
import { processBatch } from './transaction.ts'

const rules = compileRules(DEFAULT_RULES)
const logger = createLogger({ service: 'test', level: 'silent' })

interface Appended {
  readonly topic: string
  readonly value: Uint8Array
}

/** One batch of these values into a transaction that only remembers. */
function processed(values: readonly Uint8Array[], judgedBy = rules) {
  const appended: Appended[] = []
  const states = new Map<string, Uint8Array>()
  const tx: Tx = {
    append: (topic, _key, value) => appended.push({ topic, value }),
    get: key => states.get(key),
    put: (key, value) => {
      if (value !== undefined) states.set(key, value)
    },
  }
  const records = values.map((value, offset): LogRecord => ({ offset, time: NOON / 1_000, key: null, value }))
  const tally: Tally = { outcomes: new Map(), deadLetters: new Map(), warnings: new Map(), accepted: [] }
  processBatch({
    batch: { topic: TOPICS.unprocessed, partition: 0, records, next: records.length, end: records.length },
    tx,
    measure: { now: NOON, rules: judgedBy, partitions: 1 },
    tally,
    logger,
  })
  return { appended, outcomes: tally.outcomes }
}

const valid = fc
  .record({
    id: fc.string(),
    name: fc.string(),
    category: fc.string(),
    latitude: fc.double(),
    longitude: fc.double(),
    timestamp: fc.maxSafeInteger(),
  })
  .map(({ id, name, category, latitude, longitude, timestamp }) =>
    encodeSubmission(upsert(cafe({ id, name, category, location: { latitude, longitude }, timestamp }), name)),
  )
/** Bytes that were a record once. */
const damaged = fc.tuple(valid, fc.nat(), fc.nat(255)).map(([bytes, at, value]) => bytes.with(at % bytes.length, value))
const json = fc.json().map(text => Buffer.from(`{"id": "a", "name": "b", "category": "c", "location": ${text}}`))
const anything = fc.oneof(fc.uint8Array({ maxLength: 200 }), valid, damaged, json)

test('whatever the bytes, each record becomes a change, a duplicate or a dead letter with its own bytes', () => {
  fc.assert(
    fc.property(fc.array(anything, { maxLength: 10 }), values => {
      const { appended, outcomes } = processed(values)
      assert.equal(
        [...outcomes.values()].reduce((sum, count) => sum + count, 0),
        values.length,
      )
      for (const { topic, value } of appended) {
        if (topic === TOPICS.processed) decodeProcessed(value)
        else {
          const letter = decodeDeadLetter(value)
          assert.deepEqual(Buffer.from(letter.value), Buffer.from(values[letter.source.offset] ?? []))
          assert.ok(letter.faults.length > 0)
        }
      }
    }),
    { numRuns: 300 },
  )
})

test('a record that breaks our own code becomes a dead letter, and the batch goes on', () => {
  const breaking: Rules = {
    ...rules,
    judge: record => {
      if (record.name === 'Broken') throw new TypeError('a bug')
      return rules.judge(record)
    },
  }
  const { appended } = processed(
    [encodeSubmission(upsert(cafe({ name: 'Broken' }), 'e1')), encodeSubmission(upsert(cafe(), 'e2'))],
    breaking,
  )
  assert.deepEqual(
    appended.map(({ topic }) => topic),
    [TOPICS.rejected, TOPICS.processed],
  )
})
