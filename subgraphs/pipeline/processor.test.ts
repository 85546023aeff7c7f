import assert from 'node:assert/strict'
import { test } from 'node:test'
import { cafe, deadLettersOf, placed, processedOf, startProcessor, temporaryLogFile, upsert } from './processor.fixture.ts'

test('a record that is fine becomes a change with its version, its source and who judged it', async t => {
  await using processor = await startProcessor(await temporaryLogFile(t))
  const [position] = await processor.submit([placed(upsert(cafe(), 'e1'))])
  await processor.caughtUp()

  const [entry] = await processedOf(processor.log)
  assert.equal(entry?.type, 'change')
  const { poi } = entry
  assert.deepEqual(
    { kind: poi.kind, version: poi.version, eventId: poi.eventId, source: poi.source, rulesVersion: poi.rulesVersion, name: poi.name },
    { kind: 'CREATED', version: 1, eventId: 'e1', source: position, rulesVersion: 1, name: 'Café Central' },
  )
  assert.deepEqual(await deadLettersOf(processor.log), [])
})
