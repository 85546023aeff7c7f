import { LogError, type LogErrorCode } from '#log/log.ts'
import { type ErrorCode, PoiError } from '#runtime/errors.ts'
import { encodeCursor } from '#schema/cursor.ts'

/** What a failure of the log is to a client of a subgraph. */
const MEANINGS = {
  OVERLOADED: ['OVERLOADED', 'More is in flight than the platform accepts; nothing was written.'],
  DEADLINE_EXCEEDED: [
    'DEADLINE_EXCEEDED',
    'The log did not answer in time; whether a record was written is unknown. Resend it with the same idempotency key, or unchanged.',
  ],
  UNAVAILABLE: ['BROKER_UNAVAILABLE', 'The log cannot be reached.'],
  FULL: ['DISK_FULL', "The disk of the platform's log is full; nothing was written."],
  CLOSED: ['BROKER_UNAVAILABLE', 'The log is closed.'],
  TOO_LARGE: ['PAYLOAD_TOO_LARGE', 'The records are larger than the log takes at once; nothing was written.'],
  POSITION_EXPIRED: ['CURSOR_EXPIRED', 'The log no longer holds what comes after the cursor.'],
  POSITION_AHEAD: ['CURSOR_INVALID', 'The cursor lies beyond the end of the stream.'],
  FENCED: ['INTERNAL_SERVER_ERROR', 'The platform failed.'],
  TOPIC_UNKNOWN: ['INTERNAL_SERVER_ERROR', 'The platform failed.'],
  TOPIC_MISMATCH: ['INTERNAL_SERVER_ERROR', 'The platform failed.'],
} as const satisfies Record<LogErrorCode, readonly [ErrorCode, string]>

/**
 * A failure of the log as the system fault that clients see; anything else stays what it is. With the key, a client whose cursor has
 * expired is told the oldest one that can be had (`extensions.oldestCursor`).
 */
export function systemFault(error: unknown, cursorKey?: Uint8Array): unknown {
  if (!(error instanceof LogError)) return error
  const [code, message] = MEANINGS[error.code]
  const { earliest } = error
  const details = earliest === undefined || cursorKey === undefined ? {} : { oldestCursor: encodeCursor(earliest, cursorKey) }
  return new PoiError(code, message, { cause: error, details })
}
