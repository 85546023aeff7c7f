import { parseArgs } from 'node:util'
import type { Command, OptionSpec } from './command.ts'
import { didYouMean } from './did-you-mean.ts'
import { CommandError, EXIT } from './exit-code.ts'

/** Options that every command takes. */
export const GLOBAL_OPTIONS = {
  url: { type: 'string', value: 'URL', help: 'the GraphQL endpoint (POI_URL; http://127.0.0.1:4000/graphql)' },
  json: { type: 'boolean', help: 'machine output: JSON, one object per line where it streams' },
  quiet: { type: 'boolean', help: 'no progress, no notes' },
  help: { type: 'boolean', help: 'this text' },
} as const satisfies Record<string, OptionSpec>

/** The options of one call, by name, parsed when asked for; a wrong value is wrong usage. */
export class Options {
  readonly #specs: Readonly<Record<string, OptionSpec>>
  readonly #given: ReadonlyMap<string, readonly string[]>

  constructor(specs: Readonly<Record<string, OptionSpec>>, given: ReadonlyMap<string, readonly string[]>) {
    this.#specs = specs
    this.#given = given
  }

  #values(name: string): readonly string[] {
    if (this.#specs[name] === undefined) throw new Error(`Option --${name} is read but not declared.`)
    return this.#given.get(name) ?? []
  }

  flag(name: string): boolean {
    return this.#values(name).length > 0
  }

  /** The value as given last. */
  text(name: string): string | undefined {
    return this.#values(name).at(-1)
  }

  /** Every value, with comma-separated lists taken apart. */
  list(name: string): readonly string[] {
    return this.#values(name)
      .flatMap(value => value.split(','))
      .map(value => value.trim())
      .filter(value => value !== '')
  }

  number(name: string, range: { readonly min: number; readonly max: number; readonly whole?: boolean }): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = Number(text)
    const wanted = `--${name} wants ${range.whole ? 'a whole number' : 'a number'} from ${range.min} to ${range.max}`
    if (
      text.trim() === '' ||
      !Number.isFinite(value) ||
      (range.whole && !Number.isInteger(value)) ||
      value < range.min ||
      value > range.max
    )
      throw new CommandError(EXIT.usage, `${wanted}; got ${JSON.stringify(text)}.`)
    return value
  }

  /** Exactly `names.length` numbers separated by commas. */
  numbers(name: string, names: readonly string[]): readonly number[] | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const parts = text.split(',').map(part => part.trim())
    const values = parts.map(Number)
    if (parts.length !== names.length || parts.includes('') || !values.every(Number.isFinite))
      throw new CommandError(EXIT.usage, `--${name} wants ${names.join(',')}: ${names.length} numbers; got ${JSON.stringify(text)}.`)
    return values
  }
}

/** What the words after `poi` say. */
export interface Arguments {
  /** undefined when none was named */
  readonly command: Command | undefined
  readonly options: Options
  readonly operands: readonly string[]
}

/**
 * Parses the words after `poi`. Global options may stand before or after the command.
 * @throws CommandError (usage) for an unknown command or option, with the nearest known one
 */
export function parseArguments(words: readonly string[], commands: readonly Command[]): Arguments {
  // The first pass knows every command's options, only to tell the command's name from an option's value.
  const every: Record<string, OptionSpec> = Object.assign({}, ...commands.map(command => command.options), GLOBAL_OPTIONS)
  const name = tokensOf(words, every).find(token => token.kind === 'positional')?.value
  const command = commands.find(candidate => candidate.name === name)
  if (name !== undefined && command === undefined) {
    const near = didYouMean(
      name,
      commands.map(candidate => candidate.name),
    )
    throw new CommandError(EXIT.usage, `There is no command ${JSON.stringify(name)}.`, {
      hint: near === undefined ? '`poi --help` lists the commands.' : `Did you mean \`poi ${near}\`?`,
    })
  }
  const specs: Record<string, OptionSpec> = { ...command?.options, ...GLOBAL_OPTIONS }
  const given = new Map<string, string[]>()
  const operands: string[] = []
  for (const token of tokensOf(words, specs)) {
    if (token.kind === 'positional') operands.push(token.value)
    if (token.kind !== 'option') continue
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined
    if (spec === undefined) throw unknownOption(token.rawName, specs, command)
    // parseArgs is greedy: `--category --json` would make `--json` the category.
    if (spec.type === 'string' && (token.value === undefined || (!token.inlineValue && isOption(token.value, specs))))
      throw new CommandError(EXIT.usage, `--${token.name} wants a value: --${token.name} ${spec.value ?? 'VALUE'}.`)
    if (spec.type === 'boolean' && token.value !== undefined) throw new CommandError(EXIT.usage, `--${token.name} takes no value.`)
    const earlier = given.get(token.name) ?? []
    if (spec.type === 'string' && !spec.multiple && earlier.length > 0)
      throw new CommandError(EXIT.usage, `--${token.name} is given more than once.`)
    given.set(token.name, [...earlier, token.value ?? ''])
  }
  return { command, options: new Options(specs, given), operands: operands.slice(1) }
}

function tokensOf(words: readonly string[], specs: Readonly<Record<string, OptionSpec>>) {
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { type }]) => [name, { type, ...(name === 'help' && { short: 'h' }) }]),
  )
  return parseArgs({ args: [...words], options, strict: false, allowPositionals: true, tokens: true }).tokens
}

function isOption(word: string, specs: Readonly<Record<string, OptionSpec>>): boolean {
  return word.startsWith('--') && Object.hasOwn(specs, word.slice(2).split('=', 1)[0] ?? '')
}

function unknownOption(rawName: string, specs: Readonly<Record<string, OptionSpec>>, command: Command | undefined): CommandError {
  const near = didYouMean(rawName.replace(/^-+/, ''), Object.keys(specs))
  const help = `\`poi ${command === undefined ? '' : `${command.name} `}--help\` lists the options.`
  return new CommandError(EXIT.usage, `There is no option ${rawName}${command === undefined ? '' : ` of \`poi ${command.name}\``}.`, {
    hint: near === undefined ? help : `Did you mean --${near}?`,
  })
}
