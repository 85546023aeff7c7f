/** Which engines serve, and how far behind the live stream they are. */
import type { Log, Positions } from '#log/log.ts'
import { encodeCursor } from '#schema/cursor.ts'
import { TOPICS } from '#schema/topics.ts'
import { systemFault } from '../log-failure.ts'
import type { Applied } from './applied.ts'

export interface EngineStatus {
  readonly engine: string
  readonly healthy: boolean
  readonly lagRecords: number
  readonly lagSeconds: number
  readonly asOf: string
}

/** An engine with the sink that fills it. */
export interface Engine {
  readonly engine: string
  check(): Promise<void>
}

export interface StatusParts {
  readonly log: Pick<Log, 'topics' | 'tail'>
  readonly applied: Applied
  readonly cursorKey: Uint8Array
  /** ms since 1970 */
  readonly clock: () => number
}

/** ms that looking for the age of the oldest waiting change may take */
const PATIENCE_MS = 500

export async function readEngineStatus({ log, applied, cursorKey, clock }: StatusParts, engine: Engine): Promise<EngineStatus> {
  const positions = applied.positions
  const answers = await engine.check().then(
    () => true,
    () => false,
  )
  const healthy = answers && applied.trouble === undefined
  try {
    const { latest } = await log.topics.positions(TOPICS.processed)
    const waiting = latest.flatMap((end, partition) => (end > (positions[partition] ?? 0) ? [partition] : []))
    const lagRecords = latest.reduce((sum, end, partition) => sum + Math.max(0, end - (positions[partition] ?? 0)), 0)
    const oldest = waiting.length === 0 ? undefined : await oldestTime(log, positions, waiting)
    const lagSeconds = oldest === undefined ? 0 : Math.max(0, clock() - oldest) / 1_000
    return { engine: engine.engine, healthy, lagRecords, lagSeconds, asOf: encodeCursor(positions, cursorKey) }
  } catch (failure) {
    throw systemFault(failure, cursorKey)
  }
}

/** When the oldest change that waits in these partitions came into the log; ms since 1970. */
async function oldestTime(log: StatusParts['log'], from: Positions, partitions: readonly number[]): Promise<number | undefined> {
  const enough = new AbortController()
  const signal = AbortSignal.any([enough.signal, AbortSignal.timeout(PATIENCE_MS)])
  const unseen = new Set(partitions)
  let oldest: number | undefined
  try {
    for await (const { partition, records } of log.tail.read({ topic: TOPICS.processed, from, partitions, maxBytes: 1, signal })) {
      const time = records[0]?.time
      if (unseen.delete(partition) && time !== undefined) oldest = Math.min(oldest ?? time, time)
      if (unseen.size === 0) break
    }
  } finally {
    enough.abort()
  }
  return oldest
}
