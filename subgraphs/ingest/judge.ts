/** What a client says becomes a submission, or every reason why not. Pure: no clock, no log. */
import { eventIdOf } from '#schema/event-id.ts'
import { isBlank } from '#schema/normalise.ts'
import type { Fault, Micros, Submission } from '#schema/poi.ts'
import { checkForm } from '#schema/poi-bounds.ts'
import { type ParsedInput, type PoiInput, parsePoiInput, parseRemoval, type RemovalInput } from '#schema/poi-input.ts'

export type Judged =
  | { readonly ok: true; readonly submission: Submission }
  | { readonly ok: false; readonly id: string; readonly faults: readonly Fault[] }

/** @param now when the platform accepts it; also the clock that event times are held against */
export function judgePoi(input: PoiInput, idempotencyKey: string | null, now: Micros): Judged {
  return judge(parsePoiInput(input, now), 'UPSERT', idempotencyKey, now)
}

export function judgeRemoval(input: RemovalInput, idempotencyKey: string | null, now: Micros): Judged {
  return judge(parseRemoval(input, now), 'REMOVE', idempotencyKey, now)
}

function judge(parsed: ParsedInput, operation: Submission['operation'], idempotencyKey: string | null, now: Micros): Judged {
  const keyFaults = idempotencyKey === null ? NONE : faultsOfKey(idempotencyKey)
  if (!parsed.ok) return keyFaults.length === 0 ? parsed : { ...parsed, faults: [...parsed.faults, ...keyFaults] }
  const { record } = parsed
  if (keyFaults.length > 0) return { ok: false, id: record.id, faults: keyFaults }
  return { ok: true, submission: { operation, record, eventId: idempotencyKey ?? eventIdOf(record, operation), acceptedAt: now } }
}

const NONE: readonly Fault[] = []
const MAX_KEY = 256 // characters

function faultsOfKey(key: string): readonly Fault[] {
  const field = 'idempotencyKey'
  if (isBlank(key)) {
    const came = key === '' ? 'nothing' : 'blanks'
    return [{ field, code: 'MISSING', message: `Wanted 1 to ${MAX_KEY} characters, or no key at all; came ${came}.` }]
  }
  const { length } = key.length > MAX_KEY ? [...key] : key // code points, as people count
  if (length > MAX_KEY) return [{ field, code: 'TOO_LONG', message: `Wanted at most ${MAX_KEY} characters; came ${length}.` }]
  const faults: Fault[] = []
  checkForm(faults, field, key)
  return faults
}
