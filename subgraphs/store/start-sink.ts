import { MessageChannel } from 'node:worker_threads'
import type { OpenedLog } from '#log/open-log.ts'
import type { Logger } from '#runtime/logger.ts'
import { StartFailure } from '#runtime/start-failure.ts'
import { startThread, type Thread } from '#runtime/thread.ts'
import type { Progress } from './projection.ts'
import type { Reader } from './readers.sqlite.ts'
import type { SinkNews, SinkThreadData } from './sink.thread.ts'

export interface SinkThreadRequest {
  /** must stay open longer than the thread */
  readonly log: OpenedLog
  readonly storePath: string
  readonly logger: Logger
  /** Told of each commit when readers can see it, and of each failure. */
  readonly onNews: (news: SinkNews) => void
}

/**
 * Starts the sink in a thread; the store's file and tables are there when it resolves.
 * @throws StartFailure when the file is damaged
 */
export async function startSink({ log, storePath, logger, onNews }: SinkThreadRequest): Promise<Thread> {
  const { port1, port2: news } = new MessageChannel()
  port1.on('message', onNews)
  port1.unref()
  const { address, transfer } = log.share()
  const data: SinkThreadData = { address, storePath, news }
  const module = new URL('./sink.thread.ts', import.meta.url)
  try {
    return await startThread({ module, name: 'store-sink', data, transfer: [...transfer, news], logger })
  } catch (failure) {
    throw isDamage(failure)
      ? new StartFailure(
          `The store's file ${storePath} is damaged, or is no store. Delete it; it is rebuilt from the log, as far back as the log's retention reaches.`,
          { cause: failure },
        )
      : failure
  }
}

/** Errors of a thread come over as message, stack and cause, without SQLite's code. */
function isDamage(failure: unknown): boolean {
  if (!(failure instanceof Error)) return false
  return /not a database|malformed/.test(failure.message) || isDamage(failure.cause)
}

/** What was applied before the thread tells of its first commit. */
export function readProgress(reader: Reader): readonly Progress[] {
  return reader.all('SELECT partition, next, source FROM progress').map(row => ({
    partition: Number(row['partition']),
    next: Number(row['next']),
    source: Number(row['source']),
  }))
}
