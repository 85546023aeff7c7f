/** kill -9 of the whole platform at random moments during an import: nothing acknowledged is lost, nothing is there twice. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as pause } from 'node:timers/promises'
import { until } from './client.ts'
import { Follower, Producer, settle } from './ledger.ts'
import { startPlatform, temporaryDirectory } from './platform.ts'
import { seeded } from './seeded.ts'

const ROUNDS = 20

test(`${ROUNDS} kills at random moments: acknowledged = stored = streamed, exactly once, in order per POI`, async t => {
  const random = seeded()
  t.diagnostic(`seed ${random.seed}`)
  await using directory = await temporaryDirectory()
  const producer = new Producer(random, 300)
  const follower = new Follower()

  for (let round = 1; round <= ROUNDS; round += 1) {
    await using platform = await startPlatform({ dataDir: directory.path })
    await follower.startAt(platform.url)
    const subscription = follower.connect(platform.wsUrl)
    const killed = pause(random.between(50, 900)).then(() => platform.stop('SIGKILL'))
    const producing = (async () => {
      // Ends with the first request that the kill breaks.
      for (;;) await producer.send(platform.url)
    })().catch(() => undefined)
    await killed
    await producing
    await subscription.ended
    await subscription[Symbol.asyncDispose]()
  }

  await using platform = await startPlatform({ dataDir: directory.path })
  await using _subscription = follower.connect(platform.wsUrl)
  await producer.send(platform.url)
  await until(
    'every acknowledged change streamed',
    30,
    async () => follower.changes.length,
    changes => changes >= producer.acknowledged.length,
  )
  const { records, late } = await until(
    'the store caught up',
    30,
    () => settle(platform.url, producer, follower).catch(String),
    answer => typeof answer !== 'string',
  ).then(answer => answer as Awaited<ReturnType<typeof settle>>)
  t.diagnostic(`${records} records acknowledged, ${late} late, ${follower.resumes} resumes`)
  assert.ok(records > 1_000, 'the rounds were long enough to mean something')
  assert.equal(await platform.stop('SIGTERM'), 0)
})
