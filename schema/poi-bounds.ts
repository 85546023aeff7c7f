/** The bounds of a record: shared by everyone who takes one in, so that what ingest accepts the processor does not refuse. No rule set can switch them off. */
import { isTooDeep, MAX_DEPTH } from './json-text.ts'
import { isBlank } from './normalise.ts'
import type { Fault, Micros, PoiRecord, Submission } from './poi.ts'

export const BOUNDS = {
  /** characters */
  id: 256,
  sourceId: 256,
  name: 512,
  category: 256,
  description: 8_192,
  /** number of languages */
  names: 100,
  /** characters of a language tag */
  languageTag: 64,
  /** bytes of its JSON */
  attributes: 32 * 1024,
  /** bytes, decoded */
  image: 512 * 1024,
  /** bytes of a whole record on the wire */
  record: 1024 * 1024,
  /** µs that an event time may be ahead of the clock: a record from the future would make everything after it late */
  future: 5 * 60 * 1_000_000,
} as const

const LANGUAGE_TAG = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /[\u0000-\u001f\u007f]/

/**
 * Every bound that a normalised record breaks; empty when it is fine. Of a removal only id, source and time mean something.
 * `now` is the judge's clock.
 */
export function faultsOf(record: PoiRecord, now: Micros, operation: Submission['operation'] = 'UPSERT'): Fault[] {
  const faults: Fault[] = []
  checkId(faults, record.id)
  if (record.sourceId !== null) {
    checkLength(faults, 'sourceId', record.sourceId, BOUNDS.sourceId)
    checkForm(faults, 'sourceId', record.sourceId)
  }
  checkTime(faults, record.timestamp, now)
  if (operation === 'REMOVE') return faults
  checkText(faults, 'name', record.name, BOUNDS.name)
  checkText(faults, 'category', record.category, BOUNDS.category)
  if (record.description !== null) checkLength(faults, 'description', record.description, BOUNDS.description)
  checkDegrees(faults, 'location.latitude', record.location.latitude, 90)
  checkDegrees(faults, 'location.longitude', record.location.longitude, 180)
  if (record.names !== null) checkNames(faults, record.names)
  if (record.attributes !== null && record.attributes !== undefined) checkAttributes(faults, record.attributes)
  if (record.image !== null && record.image.byteLength > BOUNDS.image)
    faults.push({
      field: 'imageBase64',
      code: 'TOO_LARGE',
      message: `Wanted at most ${BOUNDS.image} bytes; came ${record.image.byteLength}.`,
    })
  return faults
}

function checkId(faults: Fault[], id: string): void {
  // Unlike other texts it comes with its invisible characters.
  checkText(faults, 'id', isBlank(id) ? '' : id, BOUNDS.id)
  checkForm(faults, 'id', id)
  if (CONTROL.test(id))
    faults.push({ field: 'id', code: 'BAD_FORMAT', message: `Wanted text without control characters; came ${shown(id)}.` })
}

/** Half of a surrogate pair has no UTF-8: all of them would become the same character on the wire, and different ids one. */
export function checkForm(faults: Fault[], field: string, text: string): void {
  if (!text.isWellFormed())
    faults.push({ field, code: 'BAD_FORMAT', message: `Wanted well-formed Unicode; came half of a surrogate pair in ${shown(text)}.` })
}

function checkText(faults: Fault[], field: string, text: string, max: number): void {
  if (text.trim() === '')
    faults.push({ field, code: 'MISSING', message: `Wanted 1 to ${max} characters; came ${text === '' ? 'nothing' : 'blanks'}.` })
  else checkLength(faults, field, text, max)
}

function checkLength(faults: Fault[], field: string, text: string, max: number): void {
  const length = charactersOf(text, max)
  if (length > max) faults.push({ field, code: 'TOO_LONG', message: `Wanted at most ${max} characters; came ${length}.` })
}

/** Characters as people count them (code points), counted only where it matters. */
function charactersOf(text: string, max: number): number {
  if (text.length <= max) return text.length
  let count = 0
  for (const _ of text) count++
  return count
}

function checkDegrees(faults: Fault[], field: string, degrees: number, limit: number): void {
  if (Number.isNaN(degrees)) faults.push({ field, code: 'NOT_A_NUMBER', message: `Wanted a number from -${limit} to ${limit}; came NaN.` })
  else if (Math.abs(degrees) > limit)
    faults.push({ field, code: 'OUT_OF_RANGE', message: `Wanted a number from -${limit} to ${limit}; came ${degrees}.` })
}

function checkTime(faults: Fault[], timestamp: Micros, now: Micros): void {
  if (!Number.isSafeInteger(timestamp))
    faults.push({ field: 'timestamp', code: 'BAD_FORMAT', message: `Wanted an instant between 1684 and 2255; came ${timestamp} µs.` })
  else if (timestamp > now + BOUNDS.future)
    faults.push({
      field: 'timestamp',
      code: 'IN_THE_FUTURE',
      message: `Wanted at most 5 minutes ahead of the platform's clock; came ${Math.ceil((timestamp - now) / 1_000_000)} s ahead.`,
    })
}

function checkNames(faults: Fault[], names: Readonly<Record<string, string>>): void {
  const entries = Object.entries(names)
  if (entries.length > BOUNDS.names)
    faults.push({ field: 'names', code: 'TOO_LARGE', message: `Wanted at most ${BOUNDS.names} languages; came ${entries.length}.` })
  for (const [tag, name] of entries.slice(0, BOUNDS.names)) {
    if (!LANGUAGE_TAG.test(tag) || tag.length > BOUNDS.languageTag)
      faults.push({ field: 'names', code: 'BAD_FORMAT', message: `Wanted language tags such as "de" or "pt-BR"; came ${shown(tag)}.` })
    else checkText(faults, `names.${tag}`, name, BOUNDS.name)
  }
}

function checkAttributes(faults: Fault[], attributes: unknown): void {
  if (typeof attributes !== 'object' || Array.isArray(attributes)) {
    faults.push({ field: 'attributes', code: 'BAD_FORMAT', message: `Wanted an object; came ${shown(attributes)}.` })
    return
  }
  if (isTooDeep(attributes)) {
    faults.push({ field: 'attributes', code: 'TOO_LARGE', message: `Wanted at most ${MAX_DEPTH} levels; came more.` })
    return
  }
  const bytes = Buffer.byteLength(JSON.stringify(attributes))
  if (bytes > BOUNDS.attributes)
    faults.push({ field: 'attributes', code: 'TOO_LARGE', message: `Wanted at most ${BOUNDS.attributes} bytes as JSON; came ${bytes}.` })
}

/** What came, for a message: as JSON, cut after 80 characters. */
export function shown(value: unknown): string {
  let text: string
  if (typeof value === 'string') text = JSON.stringify(value.slice(0, 100))
  else if (typeof value === 'object' && value !== null) text = Array.isArray(value) ? `a list of ${value.length}` : 'an object'
  else text = value === undefined ? 'nothing' : String(value)
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
