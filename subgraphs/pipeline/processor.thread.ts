/** The processor in a thread of its own, so that judging records delays no request. */
import { type OpenedLog, openLog } from '#log/open-log.ts'
import { serveThread } from '#runtime/thread.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import { runProcessor } from './processor.ts'
import { compileRules } from './rules.ts'

/** What `startProcessor` hands over. */
export interface ProcessorThreadData {
  /** of the log that the host shares */
  readonly address: ReturnType<OpenedLog['share']>['address']
}

await serveThread<ProcessorThreadData>(async ({ data: { address }, signal, registry, logger, ready }) => {
  await using log = await openLog(...address)
  ready()
  await runProcessor({ log, rules: compileRules(DEFAULT_RULES), clock: () => Date.now() * 1_000, registry, logger, signal })
})
