/** The sink in a thread of its own, so that its commits delay no query. It reads the log through the log's one writer thread's file. */
import type { MessagePort } from 'node:worker_threads'
import { openSqliteLog } from '#log/log.sqlite.ts'
import { serveThread } from '#runtime/thread.ts'
import { openSqliteProjection } from './projection.sqlite.ts'
import { runSink } from './sink.ts'

/** What `startThread` hands over; the ports also go into its `transfer`. */
export interface SinkThreadData {
  /** the file of the log */
  readonly logPath: string
  /** from the log's `connect()` */
  readonly writer: MessagePort
  readonly storePath: string
  /** is told the progress (`Progress[]`) after each commit */
  readonly applied: MessagePort
}

await serveThread<SinkThreadData>(async ({ data: { logPath, writer, storePath, applied }, signal, registry, logger, ready }) => {
  await using projection = openSqliteProjection(storePath)
  await using log = await openSqliteLog({ path: logPath, writer })
  ready()
  await runSink({ feed: log.sinks, projection, signal, registry, logger, onApplied: progress => applied.postMessage(progress) })
  applied.close()
})
