/** What every engine of the records port must do. Run it with `recordsContract(name, open)` in the engine's test file. */
import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import type { ProcessedPoi } from '#schema/poi.ts'
import { processedPoi, randomLives, seeded, shuffled, storedChange } from './changes.fixture.ts'
import type { Projection, StoredChange } from './projection.ts'
import type { Records } from './records.ts'

/** An engine that holds nothing yet. */
export interface RecordsFixture extends AsyncDisposable {
  readonly projection: Projection
  readonly records: Records
}

async function applyAll(projection: Projection, changes: readonly StoredChange[]): Promise<void> {
  await projection.apply([{ progress: { partition: 0, next: changes.length, source: changes.length }, changes }])
}

/** What the port says, computed from all changes. */
function expected(changes: readonly ProcessedPoi[], id: string) {
  const own = changes.filter(change => change.id === id)
  const rows = new Map<string, ProcessedPoi>()
  for (const change of own.toSorted((a, b) => a.revision - b.revision)) rows.set(`${change.timestamp} ${change.eventId}`, change)
  const told = [...rows.values()].sort(newestFirst)
  const latest = own.filter(change => change.kind !== 'LATE').sort((a, b) => b.revision - a.revision)[0]
  const whole = (change: ProcessedPoi): ProcessedPoi => {
    const said = told.find(row => newestFirst(change, row) < 0 && row.kind !== 'LATE' && row.operation === 'UPSERT')
    if (change.operation === 'UPSERT' || said === undefined) return change
    const { name, names, category, description, location, status, attributes, imageHash } = said
    return { ...change, name, names, category, description, location, status, attributes, imageHash }
  }
  const asOf = (at: number) => {
    const row = told.find(({ timestamp }) => timestamp <= at)
    if (row?.kind !== 'LATE') return row === undefined ? null : whole(row)
    return { ...whole(row), version: told.find(({ timestamp, kind }) => timestamp <= at && kind !== 'LATE')?.version ?? 0 }
  }
  return { latest: latest === undefined ? null : whole(latest), history: told.map(whole), asOf }
}

const newestFirst = (a: ProcessedPoi, b: ProcessedPoi): number => b.timestamp - a.timestamp || b.revision - a.revision

export function recordsContract(name: string, open: () => Promise<RecordsFixture>): void {
  suite(`records: ${name}`, () => {
    for (const seed of [11, 12]) {
      test(`latest, asOf and history are those of all changes, however they came (seed ${seed})`, async () => {
        await using fixture = await open()
        const { projection, records } = fixture
        const random = seeded(seed)
        const changes = randomLives(10, 15, random)
        const delivered = shuffled([...changes, ...changes.slice(0, 50)], random)
        for (let at = 0; at < delivered.length; at += 20) await applyAll(projection, delivered.slice(at, at + 20).map(storedChange))

        const ids = [...new Set(changes.map(({ id }) => id)), 'unknown']
        assert.deepEqual(
          await records.latest(ids),
          ids.map(id => expected(changes, id).latest),
        )
        for (const id of ids) {
          const { history, asOf } = expected(changes, id)
          assert.deepEqual(await records.history(id, { first: 100, after: null }), history)
          for (const at of history.flatMap(({ timestamp }) => [timestamp - 1, timestamp]))
            assert.deepEqual(await records.asOf(id, at), asOf(at))
          const paged: ProcessedPoi[] = []
          for (;;) {
            const last = paged.at(-1)
            const page = await records.history(id, {
              first: 4,
              after: last ? { eventTime: last.timestamp, revision: last.revision } : null,
            })
            paged.push(...page)
            if (page.length < 4) break
          }
          assert.deepEqual(paged, history)
        }
      })
    }

    test('a late record is history only, and alone it is no latest state', async () => {
      await using fixture = await open()
      const { projection, records } = fixture
      const late = processedPoi({ id: 'a', revision: 9, timestamp: 1, kind: 'LATE', name: 'Late' })
      await applyAll(projection, [storedChange(late)])
      assert.deepEqual(await records.latest(['a']), [null])
      assert.deepEqual(await records.history('a', { first: 10, after: null }), [late])
      const current = processedPoi({ id: 'a', revision: 5, timestamp: 2 })
      await applyAll(projection, [storedChange(current)])
      assert.deepEqual(await records.latest(['a']), [current])
    })

    test('two records of one instant are both kept; a judgement of the same record replaces the one before', async () => {
      await using fixture = await open()
      const { projection, records } = fixture
      const one = processedPoi({ id: 'a', revision: 1, timestamp: 7, eventId: 'one' })
      const two = processedPoi({ id: 'a', revision: 2, timestamp: 7, eventId: 'two', kind: 'UPDATED' })
      const oneAgain = processedPoi({ id: 'a', revision: 3, timestamp: 7, eventId: 'one', kind: 'UPDATED', rulesVersion: 2 })
      await applyAll(projection, [one, two, oneAgain].map(storedChange))
      assert.deepEqual(await records.history('a', { first: 10, after: null }), [oneAgain, two])
      assert.deepEqual(await records.asOf('a', 7), oneAgain)
    })

    test('a removed POI keeps its history and its last state, which says so; a late write does not bring it back', async () => {
      await using fixture = await open()
      const { projection, records } = fixture
      const created = processedPoi({ id: 'a', revision: 1, timestamp: 1 })
      const removed = processedPoi({ id: 'a', revision: 2, timestamp: 5, version: 2, kind: 'REMOVED', operation: 'REMOVE' })
      const late = processedPoi({ id: 'a', revision: 3, timestamp: 3, version: 2, kind: 'LATE' })
      await applyAll(projection, [created, removed, late].map(storedChange))
      assert.deepEqual(await records.latest(['a']), [removed])
      assert.deepEqual(await records.asOf('a', 4), { ...late, version: 1 })
    })

    test('a removal comes with all that was last said of its POI, in whatever order they came and however many late records lie between', async () => {
      await using fixture = await open()
      const { projection, records } = fixture
      const said = {
        ...{ name: 'Museum', names: { de: 'Museum' }, description: 'Old', attributes: { seats: 7 } },
        ...({ status: 'CLOSED', imageHash: '0c'.repeat(32) } as const),
      }
      const bare = { operation: 'REMOVE', name: '', category: '', location: { latitude: 0, longitude: 0 }, status: 'UNKNOWN' } as const
      const created = processedPoi({ id: 'a', revision: 1, timestamp: 10, version: 1, ...said })
      const removed = processedPoi({ id: 'a', revision: 2, timestamp: 500, version: 2, kind: 'REMOVED', ...bare })
      const again = processedPoi({ id: 'a', revision: 3, timestamp: 600, version: 3, kind: 'REMOVED', ...bare })
      const late = Array.from({ length: 50 }, (_, i) =>
        processedPoi({ id: 'a', revision: 4 + i, timestamp: 20 + i, version: 3, kind: 'LATE', eventId: `late ${i}` }),
      )
      const before = processedPoi({ id: 'a', revision: 90, timestamp: 5, version: 3, kind: 'LATE', ...bare })
      await applyAll(projection, [again, ...late, before, removed, created].map(storedChange))

      const { category, location } = created
      const whole = (removal: ProcessedPoi): ProcessedPoi => ({ ...removal, ...said, category, location })
      assert.deepEqual(await records.latest(['a', 'b']), [whole(again), null])
      assert.deepEqual(await records.asOf('a', 550), whole(removed))
      assert.deepEqual(await records.history('a', { first: 3, after: null }), [whole(again), whole(removed), late[49]])
      assert.deepEqual(await records.asOf('a', 30), { ...late[10], version: 1 })
      assert.deepEqual(await records.asOf('a', 5), { ...before, version: 0 })
    })

    test('ids come back in the order asked, repeated ones too', async () => {
      await using fixture = await open()
      const a = processedPoi({ id: 'a' })
      const odd = processedPoi({ id: 'é\u{1f600} "\\%_' })
      await applyAll(fixture.projection, [a, odd].map(storedChange))
      assert.deepEqual(await fixture.records.latest([odd.id, 'b', 'a', 'a', "a' OR 1=1 --"]), [odd, null, a, a, null])
      assert.deepEqual(await fixture.records.latest([]), [])
    })

    test('pictures are kept by content', async () => {
      await using fixture = await open()
      const image = new Uint8Array([1, 2, 3])
      const change = storedChange(processedPoi({ id: 'a', imageHash: '0a'.repeat(32) }))
      await applyAll(fixture.projection, [{ ...change, image }])
      const kept = await fixture.records.image('0a'.repeat(32))
      assert.deepEqual(kept && [...kept], [1, 2, 3])
      assert.equal(await fixture.records.image('0b'.repeat(32)), null)
    })
  })
}
