import type { SqliteLog } from '#log/log.sqlite.ts'
import type { Logger } from '#runtime/logger.ts'
import { startThread, type Thread } from '#runtime/thread.ts'
import type { ProcessorThreadData } from './processor.thread.ts'

/**
 * Starts the processor in a thread of its own, which appends through this log's writer. Dispose it before the log; `failed` rejects when
 * it cannot go on.
 */
export async function startProcessor({
  log,
  path,
  logger,
}: {
  readonly log: SqliteLog
  /** the log's file */
  readonly path: string
  readonly logger: Logger
}): Promise<Thread> {
  const writer = log.connect()
  return startThread({
    module: new URL('./processor.thread.ts', import.meta.url),
    name: 'processor',
    data: { path, writer } satisfies ProcessorThreadData,
    transfer: [writer],
    logger,
  })
}
