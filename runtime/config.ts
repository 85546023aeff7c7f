/**
 * Configuration from the environment: declared once as a table of fields, parsed once, every fault reported together.
 *
 * The same declaration prints the table of `--help` and of the documentation (`describeFields`).
 */

/** What the parser of a field says: the value, or that the text has another form than the field's. */
export type Parsed<T> = { readonly ok: true; readonly value: T } | { readonly ok: false }

/** One variable: how its text is read, and how it is described to people. The kinds are in `config-fields.ts`. */
export interface Field<T> {
  /** what it is for, a sentence */
  readonly description: string
  /** the form of its text, in words: "a TCP port, 0 to 65535" */
  readonly form: string
  /** its default as a text, exactly as one would set it; undefined where it has none */
  readonly fallback: string | undefined
  /** never shown: neither in faults nor in tables */
  readonly secret: boolean
  /** `text` is trimmed and not empty; undefined when neither the variable nor a default is there. */
  readonly parse: (text: string | undefined) => Parsed<T>
}

export type Fields = Readonly<Record<string, Field<unknown>>>

/** The values, by the names of the variables. */
export type Config<F extends Fields> = { readonly [Name in keyof F]: F[Name] extends Field<infer T> ? T : never }

export type Environment = Readonly<Record<string, string | undefined>>

/** The environment does not say what was wanted. One line for each fault, with the variable's name, what was expected and what came. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly faults: readonly string[]

  constructor(faults: readonly string[]) {
    super(
      `The configuration has ${faults.length === 1 ? 'a fault' : `${faults.length} faults`}:\n${faults.map(fault => `  ${fault}`).join('\n')}`,
    )
    this.faults = faults
  }
}

const PREFIX = 'POI_'

/**
 * Reads the declared variables. Unset and blank mean the default. A variable with the platform's prefix that nobody declares is a fault,
 * because it is most likely a typo and would otherwise silently keep a default.
 *
 * @param isKnown variables that are not for this process but may be there, because several processes share one environment
 * @throws ConfigError listing every fault
 */
export function readConfig<F extends Fields>(env: Environment, fields: F, isKnown: (name: string) => boolean = () => false): Config<F> {
  const faults: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(fields)) {
    const came = env[name]?.trim() || undefined
    const parsed = field.parse(came ?? field.fallback)
    if (parsed.ok) values[name] = parsed.value
    else faults.push(`${name}: wanted ${field.form}; got ${shown(came, field.secret)}`)
  }
  for (const name of Object.keys(env)) {
    if (!name.startsWith(PREFIX) || Object.hasOwn(fields, name) || isKnown(name)) continue
    const meant = nearest(name, Object.keys(fields))
    faults.push(`${name}: there is no such variable${meant === undefined ? '' : `; did you mean ${meant}?`}`)
  }
  if (faults.length > 0) throw new ConfigError(faults)
  return values as Config<F>
}

/** One row for each variable: name, default, form, description. For `--help` and the documentation. */
export function describeFields(fields: Fields): readonly { name: string; fallback: string; form: string; description: string }[] {
  return Object.entries(fields).map(([name, { fallback = '', form, description }]) => ({ name, fallback, form, description }))
}

function shown(came: string | undefined, secret: boolean): string {
  if (came === undefined) return 'nothing'
  return secret ? `${came.length} characters that are not shown` : JSON.stringify(came)
}

/** The declared name within three edits, if any. */
function nearest(name: string, declared: readonly string[]): string | undefined {
  let best: { name: string; distance: number } | undefined
  for (const candidate of declared) {
    const distance = editDistance(name.toUpperCase(), candidate)
    if (distance <= 3 && (best === undefined || distance < best.distance)) best = { name: candidate, distance }
  }
  return best?.name
}

/** Levenshtein distance, row by row. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < b.length; j++) {
      const substituted = (row[j] ?? 0) + (a[i] === b[j] ? 0 : 1)
      next.push(Math.min(substituted, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
