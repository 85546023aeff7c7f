/**
 * The events that a POI has seen of late, so that a resend changes nothing. Kept as one binary string (a character per byte, as Node's
 * 'latin1' reads and writes it) of 8-byte marks, newest last: it is searched by the engine's own `indexOf` and stored without conversion.
 */
import { hash } from 'node:crypto'

/** A resend is recognised until so many newer events of the same POI were accepted. */
export const EVENTS_REMEMBERED = 32

export const MARK_BYTES = 8

/**
 * The mark of an event id: the first 8 bytes of its SHA-256. Chance makes two of 32 ids collide once in 10^16 POIs; a cryptographic hash
 * keeps a producer from choosing ids on purpose that make another's record look like a resend.
 */
export const markOf = (eventId: string): string => hash('sha256', eventId, 'binary').slice(0, MARK_BYTES)

/** Whether `recent` holds the mark. */
export function remembers(recent: string, mark: string): boolean {
  let at = recent.indexOf(mark)
  // A match across two marks is chance: only one that starts where a mark starts counts.
  while (at >= 0 && at % MARK_BYTES !== 0) at = recent.indexOf(mark, at + 1)
  return at >= 0
}

/** `recent` with the mark added, and the oldest forgotten once there are too many. */
export const remember = (recent: string, mark: string): string => (recent + mark).slice(-EVENTS_REMEMBERED * MARK_BYTES)
