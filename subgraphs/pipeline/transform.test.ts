import assert from 'node:assert/strict'
import { hash } from 'node:crypto'
import { test } from 'node:test'
import { partitionOf } from '#schema/partition.ts'
import type { Micros, PoiRecord, Submission } from '#schema/poi.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import type { PoiState } from './poi-state.ts'
import { cafe, NOON, PARTITIONS, removal, SECOND, upsert } from './processor.fixture.ts'
import { compileRules } from './rules.ts'
import { arrive, judge, type Verdict } from './transform.ts'

const rules = compileRules(DEFAULT_RULES)

interface Circumstances {
  readonly state?: PoiState | undefined
  readonly now?: Micros
  readonly partition?: number
}

function verdictOn(submission: Submission, { state, now = NOON, partition }: Circumstances = {}): Verdict {
  const source = { partition: partition ?? partitionOf(submission.record.id, PARTITIONS), offset: 7 }
  return judge(arrive(submission, source), state, { now, rules, partitions: PARTITIONS })
}

function changeBy(submission: Submission, circumstances?: Circumstances): Extract<Verdict, { type: 'CHANGE' }> {
  const verdict = verdictOn(submission, circumstances)
  assert.equal(verdict.type, 'CHANGE')
  return verdict
}

/** The state after these submissions, one second of the clock apart. */
const stateAfter = (...submissions: readonly Submission[]): PoiState | undefined =>
  submissions.reduce<PoiState | undefined>(
    (state, submission, index) => changeBy(submission, { state, now: NOON - (submissions.length - index) * SECOND }).state,
    undefined,
  )

const faultsOf = (over: Partial<PoiRecord>, now: Micros = NOON): readonly string[] => {
  const verdict = verdictOn(upsert(cafe(over), 'e1'), { now })
  return verdict.type === 'REJECTED' ? verdict.faults.map(({ field, code }) => `${field} ${code}`) : []
}

const warningsOf = (over: Partial<PoiRecord>): readonly string[] => changeBy(upsert(cafe(over), 'e1')).poi.warnings

const here = { latitude: 48.2, longitude: 16.3 }
const there = { latitude: 48.3, longitude: 16.4 }

test('the first record of a POI creates it', () => {
  const { poi, state } = changeBy(upsert(cafe(), 'e1'))
  assert.deepEqual(
    [poi.kind, poi.version, poi.revision, poi.processedAt, poi.previousLocation, poi.rulesVersion],
    ['CREATED', 1, NOON, NOON, null, 1],
  )
  assert.deepEqual(poi.source, { partition: partitionOf('cafe-1', PARTITIONS), offset: 7 })
  assert.deepEqual([state.version, state.eventTime, state.removed], [1, NOON, false])
})

test('a later record is the next version and says where the POI was', () => {
  const state = stateAfter(upsert(cafe({ location: here, timestamp: NOON - SECOND }), 'e1'))
  const { poi } = changeBy(upsert(cafe({ location: there }), 'e2'), { state })
  assert.deepEqual([poi.kind, poi.version, poi.previousLocation, poi.location], ['UPDATED', 2, here, there])
})

test('a record from before the current state is late: version and current state stay, the revision rises', () => {
  const before = stateAfter(upsert(cafe({ location: here }), 'e1'))
  const { poi, state } = changeBy(upsert(cafe({ location: there, timestamp: NOON - SECOND }), 'e2'), { state: before })
  assert.deepEqual([poi.kind, poi.version, poi.timestamp, poi.location], ['LATE', 1, NOON - SECOND, there])
  assert.deepEqual(poi.previousLocation, here, 'it is where it was')
  assert.deepEqual({ ...state, revision: before?.revision, recentEvents: before?.recentEvents }, before)
  assert.equal(state.revision, NOON)
  assert.equal(verdictOn(upsert(cafe({ timestamp: NOON - SECOND }), 'e2'), { state }).type, 'DUPLICATE')
})

test('of two records of one instant the one that came last is current', () => {
  const state = stateAfter(upsert(cafe({ name: 'First' }), 'e1'))
  const { poi } = changeBy(upsert(cafe({ name: 'Second' }), 'e2'), { state })
  assert.deepEqual([poi.kind, poi.version, poi.name], ['UPDATED', 2, 'Second'])
})

test('a resend changes nothing, until 32 newer events have come', () => {
  const events = Array.from({ length: 33 }, (_, index) => upsert(cafe(), `e${index}`))
  assert.equal(verdictOn(upsert(cafe(), 'e0'), { state: stateAfter(...events.slice(0, 32)) }).type, 'DUPLICATE')
  assert.equal(verdictOn(upsert(cafe(), 'e1'), { state: stateAfter(...events) }).type, 'DUPLICATE')
  assert.equal(verdictOn(upsert(cafe(), 'e0'), { state: stateAfter(...events) }).type, 'CHANGE')
})

test('a removal repeats what the POI was known as', () => {
  const state = stateAfter(upsert(cafe({ location: here, status: 'TEMPORARILY_CLOSED' }), 'e1'))
  const said = cafe({ name: '', category: '', sourceId: 'survey', location: { latitude: 0, longitude: 0 } })
  const { poi, state: next } = changeBy(removal(said, 'e2'), { state })
  assert.deepEqual([poi.kind, poi.version, poi.operation], ['REMOVED', 2, 'REMOVE'])
  assert.deepEqual(
    [poi.name, poi.category, poi.sourceId, poi.status, poi.location, poi.previousLocation],
    ['Café Central', 'amenity/cafe', 'osm', 'TEMPORARILY_CLOSED', here, here],
  )
  assert.deepEqual([next.removed, next.version], [true, 2])
})

test('the removal of a POI never seen leaves a tombstone, and older records do not resurrect it', () => {
  const { poi, state } = changeBy(removal(cafe(), 'e1'))
  assert.deepEqual(
    [poi.kind, poi.version, poi.name, poi.category, poi.location, poi.previousLocation],
    ['REMOVED', 1, '', '', { latitude: 0, longitude: 0 }, null],
  )
  const late = changeBy(upsert(cafe({ timestamp: NOON - SECOND }), 'e2'), { state })
  assert.deepEqual([late.poi.kind, late.poi.operation, late.poi.version, late.state.removed], ['LATE', 'UPSERT', 1, true])
})

test('a newer record brings a removed POI back as a new one', () => {
  const state = stateAfter(upsert(cafe({ timestamp: NOON - 2 * SECOND }), 'e1'), removal(cafe({ timestamp: NOON - SECOND }), 'e2'))
  const { poi, state: next } = changeBy(upsert(cafe(), 'e3'), { state })
  assert.deepEqual([poi.kind, poi.version, poi.previousLocation, next.removed], ['CREATED', 3, null, false])
})

test('a late removal enters the history only', () => {
  const { poi, state } = changeBy(removal(cafe({ timestamp: NOON - SECOND }), 'e2'), { state: stateAfter(upsert(cafe(), 'e1')) })
  assert.deepEqual([poi.kind, poi.operation, poi.version, poi.name, state.removed], ['LATE', 'REMOVE', 1, 'Café Central', false])
})

test('revisions rise strictly, whatever the clock does', () => {
  const state = stateAfter(upsert(cafe(), 'e1'))
  const first = changeBy(upsert(cafe(), 'e2'), { state, now: NOON - 60 * SECOND })
  assert.equal(first.poi.revision, (state?.revision ?? 0) + 1, 'a minute behind')
  assert.equal(changeBy(upsert(cafe(), 'e3'), { state: first.state, now: NOON + SECOND }).poi.revision, NOON + SECOND, 'ahead again')
})

test('a coordinate that overshoots by rounding is put on the edge', () => {
  const { poi } = changeBy(upsert(cafe({ location: { latitude: 90.0000001, longitude: -180.0000001 } }), 'e1'))
  assert.deepEqual(poi.location, { latitude: 90, longitude: -180 })
})

test('a coordinate out of range is rejected', () => {
  assert.deepEqual(faultsOf({ location: { latitude: 90.00001, longitude: 0 } }), ['location.latitude OUT_OF_RANGE'])
  assert.deepEqual(faultsOf({ location: { latitude: 0, longitude: -181 } }), ['location.longitude OUT_OF_RANGE'])
  assert.deepEqual(faultsOf({ location: { latitude: Number.NaN, longitude: 0 } }), ['location.latitude NOT_A_NUMBER'])
})

test('0, 0 is accepted with a warning', () => {
  assert.deepEqual(warningsOf({ location: { latitude: 0, longitude: 0 } }), ['null-island'])
  assert.deepEqual(warningsOf({ location: { latitude: 0, longitude: 16 } }), [])
})

test('an unknown category is accepted with a warning; every level below a known one is known', () => {
  assert.deepEqual(warningsOf({ category: 'amenityx/cafe' }), ['unknown-category'])
  assert.deepEqual(warningsOf({ category: 'amenity' }), [])
  assert.deepEqual(warningsOf({ category: 'amenity/restaurant/pizza' }), [])
})

test('a name that says nothing is accepted with a warning, a blank one is rejected', () => {
  assert.deepEqual(warningsOf({ name: 'n/a' }), ['placeholder-name'])
  assert.deepEqual(faultsOf({ name: ' \t ' }), ['name MISSING'])
})

test('an event time is at most five minutes ahead of the clock', () => {
  assert.deepEqual(faultsOf({ timestamp: NOON + 300 * SECOND }), [])
  assert.deepEqual(faultsOf({ timestamp: NOON + 300 * SECOND + 1 }), ['timestamp IN_THE_FUTURE'])
})

test('every fault of a record is told at once', () => {
  const over = { name: '', category: '', location: { latitude: 91, longitude: 181 }, timestamp: NOON + 3_600 * SECOND }
  assert.deepEqual([...faultsOf(over)].sort(), [
    'category MISSING',
    'location.latitude OUT_OF_RANGE',
    'location.longitude OUT_OF_RANGE',
    'name MISSING',
    'timestamp IN_THE_FUTURE',
  ])
})

test('a removal needs neither name nor place, and no rule judges it', () => {
  const { poi } = changeBy(removal(cafe({ name: '', category: '', location: { latitude: 99, longitude: 0 } }), 'e1'))
  assert.deepEqual(poi.warnings, [])
})

test('a record in a partition that its id does not hash to is rejected, since another processor writes that POI', () => {
  const partition = (partitionOf('cafe-1', PARTITIONS) + 1) % PARTITIONS
  const verdict = verdictOn(upsert(cafe(), 'e1'), { partition })
  assert.equal(verdict.type, 'REJECTED')
  assert.match(verdict.faults[0]?.message ?? '', /murmur2/)
})

test('texts are brought into one form before they are judged', () => {
  const { poi } = changeBy(upsert(cafe({ name: '  Cafe\u0301   Central ', category: ' amenity / cafe ' }), 'e1'))
  assert.deepEqual([poi.name, poi.category], ['Café Central', 'amenity/cafe'])
})

test('a change carries the hash of the image', () => {
  const image = Buffer.from('a picture')
  assert.equal(changeBy(upsert(cafe({ image }), 'e1')).poi.imageHash, hash('sha256', image))
  assert.equal(changeBy(upsert(cafe(), 'e1')).poi.imageHash, null)
})
