import type { Log } from '#log/log.ts'
import { PROCESSOR_GROUP, TOPICS } from '#schema/topics.ts'
import { systemFault } from '../log-failure.ts'
import type { Feed } from './feed.ts'

/** What `pipelineStatus` answers. */
export interface PipelineStatus {
  readonly log: string
  readonly lagRecords: number
  readonly processed: bigint
  readonly subscribers: number
  readonly asOf: string
  readonly rulesVersion: number
}

/** @throws PoiError BROKER_UNAVAILABLE */
export type ReadPipelineStatus = () => Promise<PipelineStatus>

const MOST_INT = 2 ** 31 - 1 // what GraphQL's Int holds

export function createReadPipelineStatus({ log, feed, rulesVersion }: { log: Log; feed: Feed; rulesVersion: number }): ReadPipelineStatus {
  return async () => {
    try {
      // The positions first: what is committed meanwhile then makes the lag too small by a moment, never negative for long.
      const { latest } = await log.topics.positions(TOPICS.unprocessed)
      const committed = await log.topics.committed(PROCESSOR_GROUP, TOPICS.unprocessed)
      const lag = latest.reduce((sum, end, partition) => sum + Math.max(0, end - (committed[partition] ?? 0)), 0)
      const processed = committed.reduce((sum, position) => sum + BigInt(position), 0n)
      const { subscribers, headCursor: asOf } = feed
      return { log: log.description, lagRecords: Math.min(lag, MOST_INT), processed, subscribers, asOf, rulesVersion }
    } catch (failure) {
      throw systemFault(failure)
    }
  }
}
