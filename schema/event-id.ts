import { hash } from 'node:crypto'
import { MAX_DEPTH } from './json-text.ts'
import type { PoiRecord, Submission } from './poi.ts'

/**
 * The id of a record that came without an idempotency key: 22 base64url characters (132 bits) of SHA-256 over source, id, timestamp,
 * operation and the canonical payload. The same record sent again has the same id, whatever the order of its members.
 */
export function eventIdOf(record: PoiRecord, operation: Submission['operation']): string {
  const { id, sourceId, timestamp, name, names, category, description, location, status, attributes, image } = record
  const identity = [sourceId, id, timestamp, operation]
  const payload =
    operation === 'REMOVE'
      ? []
      : [
          name,
          names === null ? null : canonical(names, 0),
          category,
          description,
          location.latitude,
          location.longitude,
          status,
          attributes === null || attributes === undefined ? null : canonical(attributes, 0),
          image === null ? null : hash('sha256', image, 'base64url'),
        ]
  // The number at the front changes when this form does, so that ids of two forms never meet.
  return hash('sha256', JSON.stringify([1, ...identity, ...payload]), 'base64url').slice(0, 22)
}

/** Every parser refuses what nests deeper than MAX_DEPTH; objects become sorted lists of [key, value], so that the order of members and the key `__proto__` make no difference. */
function canonical(value: unknown, depth: number): unknown {
  if (typeof value !== 'object' || value === null || depth > MAX_DEPTH) return value
  if (Array.isArray(value)) return value.map(item => canonical(item, depth + 1))
  return {
    members: Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, canonical(item, depth + 1)]),
  }
}
