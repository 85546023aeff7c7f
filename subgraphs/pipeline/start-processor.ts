import type { OpenedLog } from '#log/open-log.ts'
import type { Logger } from '#runtime/logger.ts'
import { startThread, type Thread } from '#runtime/thread.ts'
import type { ProcessorThreadData } from './processor.thread.ts'

/** Starts the processor in a thread of its own, on the log that it shares with this one. Dispose it before the log; `failed` rejects when it cannot go on. */
export async function startProcessor({ log, logger }: { readonly log: OpenedLog; readonly logger: Logger }): Promise<Thread> {
  const { address, transfer } = log.share()
  const data: ProcessorThreadData = { address }
  return startThread({ module: new URL('./processor.thread.ts', import.meta.url), name: 'processor', data, transfer, logger })
}
