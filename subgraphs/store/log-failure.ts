import { LogError, type LogErrorCode } from '#log/log.ts'
import { type ErrorCode, PoiError } from '#runtime/errors.ts'
import { encodeCursor } from '#schema/cursor.ts'

/** What a failure of the log is to a client of this subgraph. */
const MEANINGS = {
  OVERLOADED: ['OVERLOADED', 'The log takes no more at the moment.'],
  DEADLINE_EXCEEDED: ['DEADLINE_EXCEEDED', 'The log did not answer in time.'],
  UNAVAILABLE: ['BROKER_UNAVAILABLE', 'The log cannot be reached.'],
  CLOSED: ['BROKER_UNAVAILABLE', 'The log is closed.'],
  POSITION_EXPIRED: ['CURSOR_EXPIRED', 'The log no longer holds what comes after the cursor; go on from extensions.oldestCursor.'],
  POSITION_AHEAD: ['CURSOR_INVALID', 'The cursor lies beyond the end of the stream.'],
  FENCED: ['INTERNAL_SERVER_ERROR', 'The platform failed.'],
  TOPIC_UNKNOWN: ['INTERNAL_SERVER_ERROR', 'The platform failed.'],
  TOPIC_MISMATCH: ['INTERNAL_SERVER_ERROR', 'The platform failed.'],
  TOO_LARGE: ['INTERNAL_SERVER_ERROR', 'The platform failed.'],
} as const satisfies Record<LogErrorCode, readonly [ErrorCode, string]>

/** A failure of the log as the system fault that clients see; anything else stays what it is. */
export function systemFault(error: unknown, cursorKey: Uint8Array): unknown {
  if (!(error instanceof LogError)) return error
  const [code, message] = MEANINGS[error.code]
  const details = error.earliest === undefined ? {} : { oldestCursor: encodeCursor(error.earliest, cursorKey) }
  return new PoiError(code, message, { cause: error, details })
}
