/** The processed changes as a feed to poll, straight from the log. */
import type { Log, Positions } from '#log/log.ts'
import { PoiError } from '#runtime/errors.ts'
import { decodeCursor } from '#schema/cursor.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import { decodeProcessed } from '#schema/poi-codec.ts'
import { matches, type PoiFilter } from '#schema/poi-filter.ts'
import { TOPICS } from '#schema/topics.ts'
import { systemFault } from '../log-failure.ts'

/** A change and the position after it. */
export interface ChangeAt {
  readonly poi: ProcessedPoi
  readonly position: Positions
}

export interface ChangePage {
  readonly nodes: readonly ChangeAt[]
  readonly next: Positions
  readonly caughtUp: boolean
}

export interface ChangesRequest {
  /** undefined: from the beginning of what is held */
  readonly since: string | undefined
  readonly filter: PoiFilter
  readonly first: number
}

export interface ChangesParts {
  readonly log: Pick<Log, 'topics' | 'tail'>
  readonly partitions: number
  readonly cursorKey: Uint8Array
}

/** Records that one call looks at: with a filter that lets little through, the page ends early and `next` goes on from there. */
const MAX_LOOKED_AT = 5_000
const BATCH_BYTES = 128 * 1_024

/** @throws PoiError CURSOR_INVALID, CURSOR_EXPIRED (with `oldestCursor`), BROKER_UNAVAILABLE */
export async function readChanges(parts: ChangesParts, request: ChangesRequest): Promise<ChangePage> {
  try {
    return await read(parts, request)
  } catch (failure) {
    throw systemFault(failure, parts.cursorKey)
  }
}

async function read({ log, partitions, cursorKey }: ChangesParts, { since, filter, first }: ChangesRequest): Promise<ChangePage> {
  const { earliest, latest } = await log.topics.positions(TOPICS.processed)
  const next = [...(since === undefined ? earliest : positionsOf(since, partitions, cursorKey))]
  const nodes: ChangeAt[] = []
  const isCaughtUp = (): boolean => next.every((position, partition) => position === latest[partition])
  if (isCaughtUp()) return { nodes, next, caughtUp: true }

  const enough = new AbortController()
  let lookedAt = 0
  try {
    for await (const { partition, records, next: end } of log.tail.read({
      topic: TOPICS.processed,
      from: next.slice(),
      maxBytes: BATCH_BYTES,
      signal: enough.signal,
    })) {
      for (const { offset, value } of records) {
        if (nodes.length === first || lookedAt === MAX_LOOKED_AT) return { nodes, next, caughtUp: false }
        lookedAt++
        next[partition] = offset + 1
        const entry = decodeProcessed(value)
        if (entry.type === 'change' && matches(filter, entry.poi)) nodes.push({ poi: entry.poi, position: next.slice() })
      }
      next[partition] = end
      // Not `isCaughtUp`: more may have come since `latest` was read.
      if (next.every((position, at) => position >= (latest[at] ?? 0))) break
    }
  } finally {
    enough.abort()
  }
  return { nodes, next, caughtUp: true }
}

function positionsOf(cursor: string, partitions: number, cursorKey: Uint8Array): Positions {
  const positions = decodeCursor(cursor, cursorKey)
  if (positions?.length === partitions) return positions
  throw new PoiError('CURSOR_INVALID', 'since: the cursor was not made by this platform.')
}
