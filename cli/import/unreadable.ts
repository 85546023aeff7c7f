import type { Fault } from '#schema/poi.ts'

/** A longer row is reported instead of read, so that memory stays bounded; the platform takes no larger record anyway. */
export const MAX_ROW_BYTES = 1024 * 1024

/** Bytes that are not UTF-8 were read as U+FFFD. */
export function unreadableText(): Fault {
  return {
    field: null,
    code: 'BAD_FORMAT',
    message: 'wanted UTF-8 text, got other bytes; name the encoding if it is another one: --encoding windows-1252',
  }
}

export function tooLarge(): Fault {
  return { field: null, code: 'TOO_LARGE', message: 'wanted at most 1 MiB for one row, got more' }
}

export function notAnObject(text: string): Fault {
  return { field: null, code: 'BAD_FORMAT', message: `wanted a JSON object, got ${excerpt(text)}` }
}

function excerpt(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
