import { describeFields, type Fields } from './config.ts'

/**
 * For processes that take no flags: `--help` prints what they do and their environment, and ends the process; anything else on the command
 * line ends it with code 2 and a sentence.
 */
export function readNoFlags(args: readonly string[], usage: string, fields: Fields): void {
  if (args.length === 0) return
  if (args.length > 1 || (args[0] !== '--help' && args[0] !== '-h')) {
    console.error(`There are no flags; got ${args.join(' ')}. Configure by the environment; --help lists it.`)
    process.exit(2)
  }
  console.log(`${usage}\n\nEnvironment:`)
  printFields(fields)
  process.exit(0)
}

/** The table of variables with their defaults. */
export function printFields(fields: Fields): void {
  for (const { name, fallback, description } of describeFields(fields)) console.log(`  ${name}=${fallback}\n      ${description}`)
}
