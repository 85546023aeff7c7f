import type { Micros } from './poi.ts'

const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))$/
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const
const NUMERIC = /^[+-]?\d{1,30}(?:\.\d{1,30})?$/
const DAY = 86_400_000 // ms

/**
 * Reads an RFC 3339 instant with any offset and up to nanoseconds, cut off at µs. undefined when it is none, or when it lies outside what
 * a safe integer of µs can hold (1684 to 2255). A leap second is the first instant of the next minute, as POSIX has it.
 */
export function parseInstant(text: string): Micros | undefined {
  const match = RFC_3339.exec(text)
  if (match === null) return undefined
  const [, y = '', mo = '', d = '', h = '', mi = '', s = '', fraction = '', sign, oh = '', om = ''] = match
  const year = Number(y)
  const month = Number(mo)
  const day = Number(d)
  const hour = Number(h)
  const minute = Number(mi)
  const second = Number(s)
  if (month < 1 || month > 12 || day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 60) return undefined
  let ms = Date.UTC(year, month - 1, day, hour, minute, second)
  // Date.UTC takes the years 0 to 99 for 1900 to 1999; all of them are out of range anyway.
  if (year < 100) return undefined
  if (sign !== undefined) {
    const offsetHours = Number(oh)
    const offsetMinutes = Number(om)
    if (offsetHours > 23 || offsetMinutes > 59) return undefined
    const offset = (offsetHours * 60 + offsetMinutes) * 60_000
    ms += sign === '-' ? offset : -offset
  }
  // Leap seconds are inserted at the end of a UTC day only.
  if (second === 60 && ms % DAY !== 0) return undefined
  const micros = ms * 1_000 + (fraction === '' ? 0 : Number(fraction.slice(0, 6).padEnd(6, '0')))
  return Number.isSafeInteger(micros) ? micros : undefined
}

function daysOf(year: number, month: number): number {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month === 2 && leap ? 29 : (DAYS[month - 1] ?? 0)
}

/** RFC 3339 in UTC: `2024-05-01T12:00:00.000Z`, with six fraction digits where ms do not tell it exactly. */
export function formatInstant(micros: Micros): string {
  const ms = Math.floor(micros / 1_000)
  const text = new Date(ms).toISOString()
  const rest = micros - ms * 1_000
  return rest === 0 ? text : `${text.slice(0, -1)}${String(rest).padStart(3, '0')}Z`
}

/**
 * Reads what producers send as a timestamp: RFC 3339, or a number (also as text) in seconds, ms, µs or ns since 1970, told apart by
 * magnitude. Below 1e11 it is seconds (until the year 5138), below 1e14 ms, below 1e17 µs, else ns; so an instant before March 1973 must
 * not be sent in ms, nor anything before 1973 in µs or ns.
 */
export function parseTimestamp(value: unknown): Micros | undefined {
  if (typeof value === 'number') return fromNumber(value)
  if (typeof value === 'bigint') return fromBigInt(value)
  if (typeof value !== 'string') return undefined
  const text = value.trim()
  if (!NUMERIC.test(text)) return parseInstant(text)
  // Nanoseconds do not fit a double exactly.
  return text.includes('.') ? fromNumber(Number(text)) : fromBigInt(BigInt(text))
}

function fromNumber(value: number): Micros | undefined {
  if (!Number.isFinite(value)) return undefined
  const size = Math.abs(value)
  const micros =
    size < 1e11 ? Math.round(value * 1e6) : size < 1e14 ? Math.round(value * 1e3) : Math.floor(size < 1e17 ? value : value / 1e3)
  return Number.isSafeInteger(micros) ? micros : undefined
}

function fromBigInt(value: bigint): Micros | undefined {
  const size = value < 0n ? -value : value
  if (size < 100_000_000_000_000_000n) return fromNumber(Number(value))
  // BigInt division cuts towards zero; an instant is cut towards the past.
  const micros = Number(value / 1_000n) - (value < 0n && value % 1_000n !== 0n ? 1 : 0)
  return Number.isSafeInteger(micros) ? micros : undefined
}
