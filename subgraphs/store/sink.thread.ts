/** The sink in a thread of its own, so that its commits delay no query. */
import type { MessagePort } from 'node:worker_threads'
import { type OpenedLog, openLog } from '#log/open-log.ts'
import { serveThread } from '#runtime/thread.ts'
import type { Stall } from './applied.ts'
import { openSqliteProjection } from './projection.sqlite.ts'
import type { Progress } from './projection.ts'
import { runSink } from './sink.ts'

/** What `startThread` hands over; the ports also go into its `transfer`. */
export interface SinkThreadData {
  /** of the log that the host shares */
  readonly address: ReturnType<OpenedLog['share']>['address']
  readonly storePath: string
  /** is told `SinkNews` */
  readonly news: MessagePort
}

/** The progress after each commit, or why there is none. */
export type SinkNews = { readonly applied: readonly Progress[] } | { readonly stalled: Stall }

await serveThread<SinkThreadData>(async ({ data: { address, storePath, news }, signal, registry, logger, ready }) => {
  await using projection = openSqliteProjection(storePath)
  await using log = await openLog(...address)
  ready()
  const tell = (message: SinkNews): void => news.postMessage(message)
  await runSink({
    feed: log.sinks,
    projection,
    signal,
    registry,
    logger,
    onApplied: applied => tell({ applied }),
    onStalled: stalled => tell({ stalled }),
  })
  news.close()
})
