import type { PoiRecord } from './poi.ts'

// The usual text needs nothing done: printable ASCII without leading, trailing or double blanks.
const CLEAN = /^[!-~]+(?: [!-~]+)*$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this is about
const CONTROL = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2064\ufeff]/g

/** One line of text as the platform keeps it: NFC, no control or invisible characters, white space collapsed and trimmed. */
export function cleanText(text: string): string {
  if (CLEAN.test(text) || text === '') return text
  return text.toWellFormed().replace(/\s+/g, ' ').replace(CONTROL, '').replace(/ {2,}/g, ' ').normalize('NFC').trim()
}

/** The same for text of several lines: line breaks stay, at most two in a row. */
export function cleanProse(text: string): string {
  if (CLEAN.test(text) || text === '') return text
  return text
    .split(/\r\n|[\n\r\u0085\u2028\u2029]/)
    .map(cleanText)
    .join('\n')
    .replace(/\n{3,}/g, '\n\n')
    .trim()
}

/** A category with clean levels and no empty ones: ` /amenity / cafe/` becomes `amenity/cafe`. */
export function cleanCategory(category: string): string {
  const text = cleanText(category)
  if (!text.includes('/')) return text
  return text
    .split('/')
    .map(level => level.trim())
    .filter(level => level !== '')
    .join('/')
}

/**
 * The record as the platform judges and keeps it: clean texts, blank optional texts as null, ids trimmed. Pure and idempotent; numbers are
 * left alone, they are the rules' business.
 */
export function normalise(record: PoiRecord): PoiRecord {
  return {
    id: cleanId(record.id),
    sourceId: record.sourceId === null || isBlank(record.sourceId) ? null : cleanId(record.sourceId),
    name: cleanText(record.name),
    names: record.names === null ? null : cleanNames(record.names),
    category: cleanCategory(record.category),
    description: record.description === null ? null : cleanProse(record.description) || null,
    location: record.location,
    status: record.status,
    timestamp: record.timestamp,
    attributes: record.attributes,
    image: record.image,
  }
}

/** Ids are the producer's own: only blanks around them go. What cannot be encoded stays, to be refused: mended, two ids could become one. */
export function cleanId(id: string): string {
  return id.trim()
}

/** There is nothing in it that anyone could see. */
export function isBlank(text: string): boolean {
  return cleanText(text) === ''
}

function cleanNames(names: Readonly<Record<string, string>>): Readonly<Record<string, string>> | null {
  const entries = Object.entries(names).map(([tag, name]) => [tag.trim(), cleanText(name)] as const)
  // fromEntries defines its keys, so that a tag `__proto__` is data.
  return entries.length === 0 ? null : Object.fromEntries(entries)
}
