/**
 * Where a page ends, in the hands of a client: opaque and signed, and good only for the query that it came from.
 *
 *     first 8     SHA-256 of the query's scope, cut
 *     then        JSON of the place: [value, id], or [event time, revision]
 *     last 16     HMAC-SHA-256 of `page` and everything before, cut
 *
 * as unpadded base64url.
 */
import { createHmac, hash, timingSafeEqual } from 'node:crypto'
import { PoiError } from '#runtime/errors.ts'

const SCOPE = 8
const MAC = 16
// Longer than the longest name or id can make it.
const MAX_TEXT = 16_384

export type Place = readonly [string | number, string | number]

/** @param scope what the cursor is good for: the kind of the query with its filter and order, as a text */
export function encodePageCursor(place: Place, scope: string, key: Uint8Array): string {
  const signed = Buffer.concat([scopeBytes(scope), Buffer.from(JSON.stringify(place))])
  return Buffer.concat([signed, macOf(signed, key)]).toString('base64url')
}

/** @throws PoiError BAD_USER_INPUT when the cursor was not made here, or for another query */
export function decodePageCursor(text: string, scope: string, key: Uint8Array): Place {
  const bytes = text.length > MAX_TEXT ? Buffer.alloc(0) : Buffer.from(text, 'base64url')
  const end = bytes.length - MAC
  const signed = bytes.subarray(0, Math.max(0, end))
  if (end <= SCOPE || bytes.toString('base64url') !== text || !timingSafeEqual(bytes.subarray(end), macOf(signed, key)))
    throw new PoiError('BAD_USER_INPUT', 'after: wanted the cursor of an earlier page; came something else.')
  if (!signed.subarray(0, SCOPE).equals(scopeBytes(scope)))
    throw new PoiError('BAD_USER_INPUT', 'after: wanted a cursor of the same query; came one of another filter, order or POI.')
  return JSON.parse(signed.toString('utf8', SCOPE)) as Place
}

function scopeBytes(scope: string): Buffer {
  return hash('sha256', scope, 'buffer').subarray(0, SCOPE)
}

function macOf(bytes: Uint8Array, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update('page').update(bytes).digest().subarray(0, MAC)
}
