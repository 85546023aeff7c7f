/** The kinds of fields a configuration is declared with: each reads one form of text and says in words which. */
import type { Field, Parsed } from './config.ts'
import { parseKey } from './secret.ts'

const good = <T>(value: T): Parsed<T> => ({ ok: true, value })

/** A field with a default: `read` gives undefined for a text of another form. */
function field<T>(form: string, fallback: string, description: string, read: (text: string) => T | undefined): Field<T> {
  return {
    description,
    form,
    fallback,
    secret: false,
    parse: text => {
      const value = text === undefined ? undefined : read(text)
      return value === undefined ? { ok: false } : good(value)
    },
  }
}

/** The same field without its default: undefined when the variable is not set. */
export function optional<T>(wrapped: Field<T>): Field<T | undefined> {
  return { ...wrapped, fallback: undefined, parse: text => (text === undefined ? good(undefined) : wrapped.parse(text)) }
}

/** Any text. */
export function text(fallback: string, description: string): Field<string> {
  return field('a text', fallback, description, value => value)
}

/** A whole number within a range, bounds included. */
export function integer(
  fallback: number,
  { min, max }: { readonly min: number; readonly max: number },
  description: string,
): Field<number> {
  return field(`a whole number, ${min} to ${max}`, String(fallback), description, value => {
    const number = /^[+-]?\d{1,15}$/.test(value) ? Number(value) : Number.NaN
    return number >= min && number <= max ? number : undefined
  })
}

/** A TCP port; 0 lets the system choose a free one. */
export function port(fallback: number, description: string): Field<number> {
  return { ...integer(fallback, { min: 0, max: 65_535 }, description), form: 'a TCP port, 0 to 65535' }
}

/** A host name or an IP address, without a port. */
export function host(fallback: string, description: string): Field<string> {
  return field('a host name or an IP address, without a port', fallback, description, value =>
    /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/i.test(value) || /^[0-9a-f]*:[0-9a-f:.]*$/i.test(value) ? value : undefined,
  )
}

/** A path of a file or directory; relative ones start at the working directory. */
export function path(fallback: string, description: string): Field<string> {
  return field('a path', fallback, description, value => (value.includes('\0') ? undefined : value))
}

/** `true` or `false`, also `1`/`0`, `yes`/`no`, `on`/`off`. */
export function boolean(fallback: boolean, description: string): Field<boolean> {
  return field('true or false', String(fallback), description, value => {
    if (/^(true|1|yes|on)$/i.test(value)) return true
    return /^(false|0|no|off)$/i.test(value) ? false : undefined
  })
}

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[], fallback: T, description: string): Field<T> {
  return field(`one of ${words.join(', ')}`, fallback, description, value => words.find(word => word === value.toLowerCase()))
}

const MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/** A span of time in ms: `250`, `250ms`, `10s`, `5m`, `12h`, `7d`. */
export function duration(fallback: string, description: string): Field<number> {
  return field('a duration such as 250ms, 10s, 5m, 12h or 7d (a bare number is ms)', fallback, description, value => {
    const [, number, unit = 'ms'] = /^(\d{1,12}(?:\.\d{1,3})?)\s*(ms|s|m|h|d)?$/.exec(value) ?? []
    if (number === undefined) return undefined
    const ms = Math.round(Number(number) * MS[unit as keyof typeof MS])
    return Number.isSafeInteger(ms) ? ms : undefined
  })
}

const BYTES = { B: 1, KIB: 2 ** 10, MIB: 2 ** 20, GIB: 2 ** 30, TIB: 2 ** 40 } as const

/** A number of bytes: `65536`, `64KiB`, `16MiB`, `4GiB`. */
export function bytes(fallback: string, description: string): Field<number> {
  return field('a number of bytes such as 65536, 64KiB, 16MiB or 4GiB', fallback, description, value => {
    const [, number, unit = 'B'] = /^(\d{1,15}(?:\.\d{1,3})?)\s*(B|KiB|MiB|GiB|TiB)?$/i.exec(value) ?? []
    if (number === undefined) return undefined
    const count = Math.round(Number(number) * BYTES[unit.toUpperCase() as keyof typeof BYTES])
    return Number.isSafeInteger(count) ? count : undefined
  })
}

/**
 * The URL of an engine: `sqlite:`, later `kafka://h1:p,h2:p`. Only the scheme is judged here; the engine parses the rest.
 * @param schemes the engines that this build has, without the colon
 */
export function engine(schemes: readonly string[], fallback: string, description: string): Field<string> {
  const form = `the URL of an engine; this build has ${schemes.map(scheme => `${scheme}:`).join(', ')}`
  return field(form, fallback, description, value => {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(value)?.[1]?.toLowerCase()
    return scheme !== undefined && schemes.includes(scheme) ? value : undefined
  })
}

/** A key of at least 32 bytes, as hex or base64; undefined when it is not set. Its text is never shown. */
export function key(description: string): Field<Uint8Array | undefined> {
  const form = 'a key of at least 32 bytes, as hex or base64'
  return { ...optional(field(form, '', description, parseKey)), secret: true }
}

/** Any text that must not be shown; undefined when it is not set. */
export function secret(description: string): Field<string | undefined> {
  return { ...optional(text('', description)), form: 'a secret text', secret: true }
}
