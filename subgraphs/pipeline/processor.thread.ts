/** The processor in a thread of its own, so that judging records delays no request. It shares the log's one writer with the main thread. */
import type { MessagePort } from 'node:worker_threads'
import { openSqliteLog } from '#log/log.sqlite.ts'
import { serveThread } from '#runtime/thread.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import { runProcessor } from './processor.ts'
import { compileRules } from './rules.ts'

/** What `startThread` hands over; `writer`, from the log's `connect()`, also goes into its `transfer`. */
export interface ProcessorThreadData {
  /** the file of the log */
  readonly path: string
  readonly writer: MessagePort
}

await serveThread<ProcessorThreadData>(async ({ data: { path, writer }, signal, registry, logger, ready }) => {
  await using log = await openSqliteLog({ path, writer })
  ready()
  await runProcessor({ log, rules: compileRules(DEFAULT_RULES), clock: () => Date.now() * 1_000, registry, logger, signal })
})
