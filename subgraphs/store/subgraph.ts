/** store, as a subgraph: the sink that follows the processed log, in a thread, and the queries over what it has stored. */
import { readFile } from 'node:fs/promises'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { OpenedLog } from '#log/open-log.ts'
import type { Logger } from '#runtime/logger.ts'
import type { Subgraph } from '#runtime/subgraph.ts'
import type { Thread } from '#runtime/thread.ts'
import { partitionOf } from '#schema/partition.ts'
import { TOPICS } from '#schema/topics.ts'
import { meterAnswers } from './answer-budget.ts'
import { Applied } from './applied.ts'
import { createContext, type StoreContext } from './context.ts'
import { createImageRoute, IMAGES_PATH } from './images.ts'
import { Readers } from './readers.sqlite.ts'
import { openSqliteRecords } from './records.sqlite.ts'
import { createResolvers } from './resolvers.ts'
import { openSqliteSearch } from './search.sqlite.ts'
import type { SinkNews } from './sink.thread.ts'
import { readProgress, startSink } from './start-sink.ts'
import { storePath } from './tables.sqlite.ts'

export interface StoreOptions {
  /** stays open when the store closes */
  readonly log: OpenedLog
  readonly partitions: number
  /** signs cursors and page cursors, opens receipts */
  readonly cursorKey: Uint8Array
  /** where `store.db` lies */
  readonly dataDir: string
  readonly logger: Logger
  /** ms since 1970; the system's clock unless told */
  readonly clock?: (() => number) | undefined
}

export interface Store extends Subgraph<StoreContext> {
  /** `failed` rejects when the sink ends by itself; its samples belong to the process's metrics. */
  readonly sink: Thread
  readonly routes: NonNullable<Subgraph['routes']>
}

/** ms that a reference may wait for the sink; then it is answered with what there is */
const CATCH_UP_MS = 1_000

/** @throws StartFailure when the store's file is damaged */
export async function openStore({ log, partitions, cursorKey, dataDir, logger, clock = Date.now }: StoreOptions): Promise<Store> {
  const sdl = await readFile(new URL('../../schema/store.graphql', import.meta.url), 'utf8')
  await using opening = new AsyncDisposableStack()

  const file = storePath(dataDir)
  const applied = opening.use(new Applied(partitions))
  const onNews = (news: SinkNews): void => ('applied' in news ? applied.advance(news.applied) : applied.stall(news.stalled))
  const sink = opening.use(await startSink({ log, storePath: file, logger, onNews }))
  const readers = opening.use(new Readers(file))
  applied.advance(readers.now(readProgress))

  const records = opening.use(openSqliteRecords(readers))
  const search = opening.use(openSqliteSearch(readers))
  const resolvers = createResolvers({ log, records, search, applied, partitions, cursorKey, clock })

  const caughtUp = async (ids: readonly string[]): Promise<void> => {
    const concerned = new Set(ids.map(id => partitionOf(id, partitions)))
    const { latest } = await log.topics.positions(TOPICS.processed)
    const wanted = latest.map((end, partition) => (concerned.has(partition) ? end : 0))
    await applied.until(() => applied.holds(wanted), CATCH_UP_MS)
  }
  let ended: string | undefined
  sink.failed.catch(() => {
    ended = 'The sink of the store has ended.'
  })

  const opened = opening.move()
  return {
    name: 'store',
    sdl,
    // The library's own declaration of resolvers knows no context; the generated one is stricter.
    schema: meterAnswers(buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as UntypedResolvers })),
    context: createContext(records, caughtUp),
    missing: async () => [ended ?? applied.trouble ?? []].flat(),
    routes: { [IMAGES_PATH]: createImageRoute(records) },
    sink,
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  }
}

type UntypedResolvers = NonNullable<Extract<Parameters<typeof buildSubgraphSchema>[0], { resolvers?: unknown }>['resolvers']>
