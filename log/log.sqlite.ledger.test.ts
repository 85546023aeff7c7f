import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { bytes } from './contract-steps.ts'
import { Ledger } from './log.sqlite.ledger.ts'
import { STATE_LANE } from './log.sqlite.protocol.ts'
import { openForWriting } from './log.sqlite.schema.ts'
import { RecordPacker } from './packed-records.ts'

test('a transaction that does not start where the last one ended is refused, and leaves its neighbours in the commit alone', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-ledger-'))
  const db = openForWriting(join(directory, 'log.db'), { maxFileBytes: undefined })
  t.after(async () => {
    db.close()
    await rm(directory, { recursive: true })
  })
  const ledger = new Ledger(db)
  ledger.ensure([
    { name: 'in', partitions: 1 },
    { name: 'out', partitions: 1 },
  ])
  const [input, output] = [0, 1]
  const [claim] = ledger.claim('group', 1, [[input]])
  assert.ok(claim !== undefined)
  const transaction = (from: number, to: number, value: string) => {
    const packer = new RecordPacker()
    packer.add(output, null, bytes(value))
    packer.add(STATE_LANE, bytes('key'), bytes(value))
    return { owner: claim.owner, epoch: claim.epoch, input, from, to, ...packer.pack() }
  }
  db.exec('BEGIN IMMEDIATE')
  ledger.transact(transaction(0, 5, 'first'), 1)
  assert.throws(() => ledger.transact(transaction(0, 5, 'repeated'), 1), { code: 'UNAVAILABLE' })
  assert.throws(() => ledger.transact(transaction(6, 9, 'with a gap'), 1), { code: 'UNAVAILABLE' })
  ledger.transact(transaction(5, 6, 'second'), 1)
  ledger.flush()
  db.exec('COMMIT')
  assert.deepEqual(ledger.resume(claim.owner, claim.epoch, [input]), [6])
  assert.equal(ledger.lanes.get(output)?.next, 2)
  assert.deepEqual(Buffer.from((db.prepare('SELECT value FROM state').get()?.['value'] ?? []) as Uint8Array).toString(), 'second')
})
