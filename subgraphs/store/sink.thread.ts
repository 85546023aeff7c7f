/** The sink in a thread of its own, so that its commits delay no query. */
import type { MessagePort } from 'node:worker_threads'
import { type OpenedLog, openLog } from '#log/open-log.ts'
import { serveThread } from '#runtime/thread.ts'
import { openSqliteProjection } from './projection.sqlite.ts'
import { runSink } from './sink.ts'

/** What `startThread` hands over; the ports also go into its `transfer`. */
export interface SinkThreadData {
  /** of the log that the host shares */
  readonly address: ReturnType<OpenedLog['share']>['address']
  readonly storePath: string
  /** is told the progress (`Progress[]`) after each commit */
  readonly applied: MessagePort
}

await serveThread<SinkThreadData>(async ({ data: { address, storePath, applied }, signal, registry, logger, ready }) => {
  await using projection = openSqliteProjection(storePath)
  await using log = await openLog(...address)
  ready()
  await runSink({ feed: log.sinks, projection, signal, registry, logger, onApplied: progress => applied.postMessage(progress) })
  applied.close()
})
