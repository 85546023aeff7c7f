import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import { record, values } from './contract-steps.ts'
import { openLog } from './open-log.ts'

test('the scheme of the URL picks the engine; an unknown one is refused by name', async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'poi-log-'))
  t.after(() => rm(dataDir, { recursive: true }))
  await using log = await openLog('sqlite:', { dataDir })
  assert.match(log.description, /^SQLite file .*log\.db$/)
  await using other = await openLog('sqlite:other.db', { dataDir })
  assert.match(other.description, /other\.db$/)
  await assert.rejects(openLog('pulsar://somewhere', { dataDir }), /No log engine for "pulsar:\/\/somewhere"; there is sqlite:/)
})

test('another thread opens the same log from what share() hands over', async t => {
  const dataDir = await mkdtemp(join(tmpdir(), 'poi-log-'))
  t.after(() => rm(dataDir, { recursive: true }))
  await using log = await openLog('sqlite:', { dataDir })
  await log.topics.ensure([{ name: 'in', partitions: 1 }])
  const module = `
    import { workerData } from 'node:worker_threads'
    import { openLog } from '${new URL('./open-log.ts', import.meta.url)}'
    const log = await openLog(...workerData)
    await log.appender.append('in', [{ partition: 0, key: null, value: new TextEncoder().encode('from a thread') }])
    await log[Symbol.asyncDispose]()`
  const { address, transfer } = log.share()
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(module)}`), { workerData: address, transferList: transfer })
  assert.deepEqual(await once(worker, 'exit'), [0])
  await log.appender.append('in', [record(0, 'from the opener')])
  assert.deepEqual(await values(log, 'in', 2), ['from a thread', 'from the opener'])
})
