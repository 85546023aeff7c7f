/** A store over a real log, for tests: changes go in as the processor would write them, queries are executed on the subgraph. */
import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ExecutionResult, graphql } from 'graphql'
import type { SqliteLog } from '#log/log.sqlite.ts'
import { type OpenedLog, openLog } from '#log/open-log.ts'
import { createLogger } from '#runtime/logger.ts'
import { partitionOf } from '#schema/partition.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import { encodeProgress } from '#schema/poi-codec.ts'
import { TOPICS, topicSpecs } from '#schema/topics.ts'
import { processedRecord } from './changes.fixture.ts'
import { openStore, type Store } from './subgraph.ts'

export const PARTITIONS = 3
export const CURSOR_KEY = new Uint8Array(32).fill(7)

export interface StoreFixture extends AsyncDisposable {
  /** `trim` is the SQLite engine's own */
  readonly log: OpenedLog & Pick<SqliteLog, 'trim'>
  readonly store: Store
  readonly dataDir: string
  /** Appends changes to the processed log; their source offsets count up per partition. */
  put(pois: readonly ProcessedPoi[], image?: Uint8Array | null): Promise<void>
  /** Appends a progress record: the source is processed up to and with this offset. */
  putProgress(partition: number, offset: number): Promise<void>
  /** Resolves when the store has applied all that was put. */
  applied(): Promise<void>
  ask(source: string, variables?: Record<string, unknown>): Promise<ExecutionResult>
  /** The data of a query that must not fail. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of any shape
  data(source: string, variables?: Record<string, unknown>): Promise<any>
  /** The code of the first error of a query that must fail. */
  code(source: string, variables?: Record<string, unknown>): Promise<unknown>
  /** Closes the store and opens it again on the same files. */
  reopen(): Promise<void>
}

export async function openStoreFixture(): Promise<StoreFixture> {
  const dataDir = await mkdtemp(join(tmpdir(), 'poi-store-'))
  const log = (await openLog('sqlite:', { dataDir })) as StoreFixture['log']
  await log.topics.ensure(topicSpecs(PARTITIONS, { ms: 3_600_000, bytes: 1e9 }))
  const logger = createLogger({ service: 'test', level: 'silent' })
  const open = () => openStore({ log, partitions: PARTITIONS, cursorKey: CURSOR_KEY, dataDir, logger })
  let store = await open()
  const sources = new Array<number>(PARTITIONS).fill(0)

  const ask = async (source: string, variables?: Record<string, unknown>): Promise<ExecutionResult> =>
    graphql({ schema: store.schema, source, variableValues: variables, contextValue: store.context({ correlationId: 'test' }) })

  return {
    log,
    get store() {
      return store
    },
    dataDir,
    async put(pois, image = null) {
      const records = pois.map(poi => {
        const partition = partitionOf(poi.id, PARTITIONS)
        const offset = sources[partition] ?? 0
        sources[partition] = offset + 1
        return { partition, key: Buffer.from(poi.id), value: processedRecord({ ...poi, source: { partition, offset } }, image) }
      })
      await log.appender.append(TOPICS.processed, records)
    },
    async putProgress(partition, offset) {
      await log.appender.append(TOPICS.processed, [{ partition, key: null, value: encodeProgress({ partition, offset }) }])
    },
    async applied() {
      const signal = AbortSignal.timeout(10_000)
      for (;;) {
        const { data } = await ask('{ storeStatus { records { lagRecords } } }')
        const status = data as { storeStatus: { records: { lagRecords: number } } }
        if (status.storeStatus.records.lagRecords === 0) return
        signal.throwIfAborted()
        await new Promise(resolve => setImmediate(resolve))
      }
    },
    ask,
    async data(source, variables) {
      const { data, errors } = await ask(source, variables)
      assert.equal(errors, undefined, errors?.map(error => error.message).join('; '))
      return JSON.parse(JSON.stringify(data))
    },
    async code(source, variables) {
      const { errors } = await ask(source, variables)
      assert.ok(errors?.[0], 'wanted an error')
      return errors[0].extensions['code']
    },
    async reopen() {
      await store[Symbol.asyncDispose]()
      store = await open()
    },
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await log[Symbol.asyncDispose]()
      await rm(dataDir, { recursive: true })
    },
  }
}
