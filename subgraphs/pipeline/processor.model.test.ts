/**
 * The processor against a model that is too simple to be wrong: random histories of a few POIs, with resends, removals, late records, ties and
 * garbage, through the real log, while transactions fail and the process is restarted.
 */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import type { Log, NewRecord } from '#log/log.ts'
import { partitionOf } from '#schema/partition.ts'
import type { ChangeKind, ProcessedPoi, Submission } from '#schema/poi.ts'
import {
  cafe,
  deadLettersOf,
  NOON,
  PARTITIONS,
  placed,
  processedOf,
  removal,
  SECOND,
  startProcessor,
  temporaryLogFile,
  upsert,
} from './processor.fixture.ts'

/** What a producer does next. */
type Move =
  | { readonly type: 'UPSERT' | 'REMOVE' | 'GARBAGE'; readonly poi: string; readonly second: number }
  /** sends the n-th statement before it again */
  | { readonly type: 'RESEND'; readonly back: number }

const poi = fc.constantFrom('cafe-1', 'cafe-2', 'πλατεία', 'b')
// Few instants, so that ties and late records are common.
const second = fc.integer({ min: 0, max: 5 })
const moves: fc.Arbitrary<readonly Move[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ type: fc.constant('UPSERT' as const), poi, second }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('REMOVE' as const), poi, second }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('GARBAGE' as const), poi, second }) },
    { weight: 2, arbitrary: fc.record({ type: fc.constant('RESEND' as const), back: fc.integer({ min: 1, max: 5 }) }) },
  ),
  { minLength: 1, maxLength: 40 },
)

/** A record of a history, and whether it is fit to be accepted. */
interface Sent {
  readonly submission: Submission
  readonly record: NewRecord
  readonly isGarbage: boolean
}

/** Event ids are numbered in the order of sending, so that a model can tell which came first. */
function sentBy(moves: readonly Move[]): readonly Sent[] {
  const sent: Sent[] = []
  for (const [index, move] of moves.entries()) {
    const again = move.type === 'RESEND' ? sent[index - move.back] : undefined
    if (again !== undefined) sent.push(again)
    else if (move.type !== 'RESEND') sent.push(statement(move, index))
    else sent.push(statement({ type: 'UPSERT', poi: 'b', second: 0 }, index))
  }
  return sent
}

function statement({ type, poi, second }: Exclude<Move, { type: 'RESEND' }>, index: number): Sent {
  const record = cafe({ id: poi, name: `Café ${index}`, timestamp: NOON - second * SECOND })
  if (type === 'REMOVE') return fit(removal(record, `e${index}`))
  if (type === 'UPSERT') return fit(upsert(record, `e${index}`))
  return garbage(record.id, index)
}

const fit = (submission: Submission): Sent => ({ submission, record: placed(submission), isGarbage: false })

function garbage(poi: string, index: number): Sent {
  const blank = upsert(cafe({ id: poi, name: ' ', location: { latitude: 91, longitude: 0 } }), `e${index}`)
  const record = placed(blank)
  const kinds: readonly NewRecord[] = [
    record,
    { ...record, value: Buffer.from(`{"broken": ${index}`) },
    { ...record, value: new Uint8Array(0) },
    { ...record, key: null, value: Buffer.of(0xff, index) },
    { ...placed(upsert(cafe({ id: poi }), `e${index}`)), partition: (partitionOf(poi, PARTITIONS) + 1) % PARTITIONS },
  ]
  return { submission: blank, record: kinds[index % kinds.length] ?? record, isGarbage: true }
}

/** What matters of a change. */
type Line = Pick<ProcessedPoi, 'eventId' | 'kind' | 'version' | 'timestamp' | 'operation'>

/** The model: a POI is the list of what was accepted of it; what is current is looked up anew each time. */
function expected(sent: readonly Sent[], poi: string): readonly Line[] {
  const lines: Line[] = []
  for (const { submission } of sent) {
    const { record, eventId, operation } = submission
    if (lines.some(line => line.eventId === eventId)) continue
    const current = latestOf(lines)
    const isLate = current !== undefined && record.timestamp < current.timestamp
    const isNew = current === undefined || current.kind === 'REMOVED'
    const kind: ChangeKind = isLate ? 'LATE' : operation === 'REMOVE' ? 'REMOVED' : isNew ? 'CREATED' : 'UPDATED'
    lines.push({ eventId, kind, version: (current?.version ?? 0) + (isLate ? 0 : 1), timestamp: record.timestamp, operation })
  }
  assert.ok(sent.every(({ submission }) => submission.record.id === poi))
  return lines
}

/** The greatest event time; of equals the one that came last. */
const latestOf = <Change extends Pick<ProcessedPoi, 'timestamp'>>(changes: readonly Change[]): Change | undefined =>
  changes.reduce<Change | undefined>(
    (latest, line) => (latest === undefined || line.timestamp >= latest.timestamp ? line : latest),
    undefined,
  )

/** Small transactions, some of which fail: before, amid or after the work of the processor. */
function fragile(log: Log, maxRecords: number, faults: Iterator<number>): Log {
  return {
    ...log,
    transactor: {
      run: request =>
        log.transactor.run({
          ...request,
          maxRecords,
          open: async (partition, start) => {
            const task = await request.open(partition, start)
            return {
              [Symbol.asyncDispose]: () => task[Symbol.asyncDispose](),
              process: async (batch, tx) => {
                let left = faults.next().value ?? Number.POSITIVE_INFINITY
                const failing = () => {
                  if (left-- === 0) throw new Error('injected')
                }
                failing()
                await task.process(batch, {
                  get: key => tx.get(key),
                  put: (key, value) => {
                    failing()
                    tx.put(key, value)
                  },
                  append: (topic, key, value) => {
                    failing()
                    tx.append(topic, key, value)
                  },
                })
                failing()
              },
            }
          },
        }),
    },
  }
}

async function checkHistory(
  t: TestContext,
  history: readonly (readonly Move[])[],
  maxRecords: number,
  faults: readonly number[],
): Promise<void> {
  const path = await temporaryLogFile(t)
  const sent = sentBy(history.flat())
  const injected = faults.values()
  let from = 0
  for (const { length } of history) {
    await using processor = await startProcessor(path, log => fragile(log, maxRecords, injected))
    if (length > 0) await processor.submit(sent.slice(from, from + length).map(({ record }) => record))
    from += length
    // Every other process ends amid its work.
    if (from === sent.length || length % 2 === 0) await processor.caughtUp()
  }
  await using processor = await startProcessor(path)
  await processor.caughtUp()

  const entries = await processedOf(processor.log)
  const changes = entries.flatMap(entry => (entry.type === 'change' ? [entry.poi] : []))
  for (const poi of new Set(sent.map(({ submission }) => submission.record.id))) {
    const wanted = expected(
      sent.filter(({ submission, isGarbage }) => submission.record.id === poi && !isGarbage),
      poi,
    )
    const came = changes.filter(({ id }) => id === poi)
    assert.deepEqual(
      came.map(({ eventId, kind, version, timestamp, operation }): Line => ({ eventId, kind, version, timestamp, operation })),
      wanted,
    )
    const current = came.filter(({ kind }) => kind !== 'LATE').at(-1)
    assert.equal(current?.eventId, latestOf(came)?.eventId, 'the greatest event time, then order, is current')
    assert.ok(
      came.every(({ revision }, index) => revision > (came[index - 1]?.revision ?? 0)),
      'revisions rise',
    )
  }
  const letters = await deadLettersOf(processor.log)
  const bytesOf = (values: readonly Uint8Array[]) => values.map(value => Buffer.from(value).toString('hex')).sort()
  assert.deepEqual(
    bytesOf(letters.map(({ value }) => value)),
    bytesOf(sent.filter(({ isGarbage }) => isGarbage).map(({ record }) => record.value)),
  )
}

test('whatever comes, in whatever order, and whatever fails, each POI has the history that the model says', async t => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(moves, { minLength: 1, maxLength: 3 }),
      fc.integer({ min: 1, max: 20 }),
      // After how many writes each of the first transactions fails.
      fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 4 }),
      (history, maxRecords, faults) => checkHistory(t, history, maxRecords, faults),
    ),
    { numRuns: 12, interruptAfterTimeLimit: 60_000 },
  )
})
