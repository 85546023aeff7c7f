/** Which place of the stream a cursor means, and what to tell a client whose cursor means none. */
import type { Positions } from '#log/log.ts'
import { PoiError } from '#runtime/errors.ts'
import { decodeCursor } from '#schema/cursor.ts'
import type { Sign } from './feed-event.ts'
import { furthest, reaches } from './feed-positions.ts'

/** What the log holds. */
export interface Held {
  readonly earliest: Positions
  readonly latest: Positions
}

/**
 * @param held asked only when it is needed
 * @param isHeld told without asking the log
 * @throws PoiError CURSOR_INVALID, CURSOR_EXPIRED
 */
export async function positionsOfCursor(
  cursor: string,
  options: {
    readonly key: Uint8Array
    readonly partitions: number
    readonly isHeld: (at: Positions) => boolean
    readonly held: () => Promise<Held>
    readonly sign: Sign
  },
): Promise<Positions> {
  const at = decodeCursor(cursor, options.key)
  if (at?.length !== options.partitions) throw new PoiError('CURSOR_INVALID', 'The cursor was not made by this platform.')
  if (options.isHeld(at)) return at
  const { earliest, latest } = await options.held()
  if (!reaches(latest, at)) throw new PoiError('CURSOR_INVALID', 'The cursor lies beyond the end of the stream.')
  if (!reaches(at, earliest)) throw cursorExpired(at, earliest, options.sign)
  return at
}

/** `oldestCursor` goes on with what the log still holds and repeats nothing that lies before the expired cursor. */
export function cursorExpired(at: Positions, earliest: Positions, sign: Sign, cause?: unknown): PoiError {
  return new PoiError('CURSOR_EXPIRED', 'The log no longer holds what comes after the cursor; resume after extensions.oldestCursor.', {
    cause,
    details: { oldestCursor: sign(furthest(at, earliest)) },
  })
}
