import type { Command, OptionSpec } from './command.ts'
import { EXIT_MEANINGS } from './exit-code.ts'
import { GLOBAL_OPTIONS } from './options.ts'

/** `poi --help` */
export function overallHelp(commands: readonly Command[]): string {
  return [
    'poi: the command line of poi-stream. It speaks GraphQL to a running platform.',
    '',
    'Usage: npm run poi -- <command> [options]      (or: node cli/main.ts <command> [options])',
    '',
    'Commands:',
    ...columns(commands.map(command => [`${command.name} ${command.operands}`, command.summary])),
    '',
    'Options of every command:',
    ...columns(Object.entries(GLOBAL_OPTIONS).map(describeOption)),
    '',
    'Examples:',
    ...columns(commands.flatMap(command => command.examples.slice(0, 1))),
    '',
    'Exit codes:',
    ...columns(Object.entries(EXIT_MEANINGS)),
    '',
    '`poi <command> --help` tells more. NO_COLOR switches colours off.',
  ].join('\n')
}

/** `poi <command> --help` */
export function commandHelp(command: Command): string {
  return [
    `Usage: poi ${command.name} ${command.operands} [options]`,
    '',
    ...command.description.flatMap(paragraph => [...wrap(paragraph, 100), '']),
    'Options:',
    ...columns(Object.entries({ ...command.options, ...GLOBAL_OPTIONS }).map(describeOption)),
    '',
    'Examples:',
    ...columns(command.examples),
  ].join('\n')
}

function describeOption([name, option]: readonly [string, OptionSpec]): readonly [string, string] {
  return [`--${name}${option.type === 'string' ? ` ${option.value ?? 'VALUE'}` : ''}`, option.help]
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.min(48, Math.max(...rows.map(([left]) => left.length)))
  return rows.map(([left, right]) =>
    left.length > width ? `  ${left}\n  ${' '.repeat(width)}  ${right}` : `  ${left.padEnd(width)}  ${right}`,
  )
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? ''
    if (line !== '' && line.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}
