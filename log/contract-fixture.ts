import { randomUUID } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import type { Log, Positions, TopicSpec } from './log.ts'

/** One storage (a file, a cluster) that a test has to itself or shares by unique names. */
export interface LogFixture extends AsyncDisposable {
  /** Opens another log on the same storage, as another process would. */
  open(limits?: { readonly maxInFlightRecords?: number }): Promise<Log>
  /** Makes the engine remove everything before these positions, as retention would; resolves when it has. */
  expire(log: Log, topic: string, before: Positions): Promise<void>
}

/** What a sentence starts from. Everything opened is closed after it. */
export interface Given {
  readonly t: TestContext
  readonly log: Log
  readonly open: LogFixture['open']
  /** Ensures a topic of one partition and a new name, unless told otherwise. */
  readonly topic: (spec?: Partial<TopicSpec>) => Promise<string>
  readonly expire: (topic: string, before: Positions) => Promise<void>
}

export type Sentence = (text: string, body: (given: Given) => Promise<void>) => void

export const sentencesOn =
  (openFixture: () => Promise<LogFixture>): Sentence =>
  (text, body) => {
    test(text, { timeout: 60_000 }, async t => {
      const fixture = await openFixture()
      const opened: Log[] = []
      t.after(async () => {
        for (const log of opened.reverse()) await log[Symbol.asyncDispose]()
        await fixture[Symbol.asyncDispose]()
      })
      const open: LogFixture['open'] = async limits => {
        const log = await fixture.open(limits)
        opened.push(log)
        return log
      }
      const log = await open()
      const topic: Given['topic'] = async (spec = {}) => {
        const name = spec.name ?? `topic-${randomUUID()}`
        await log.topics.ensure([{ partitions: 1, ...spec, name }])
        return name
      }
      await body({ t, log, open, topic, expire: (name, before) => fixture.expire(log, name, before) })
    })
  }
