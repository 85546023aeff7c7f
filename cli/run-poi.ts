import type { Command, Console } from './command.ts'
import { getCommand } from './commands/get.ts'
import { importCommand } from './commands/import.ts'
import { searchCommand } from './commands/search.ts'
import { statusCommand } from './commands/status.ts'
import { tailCommand } from './commands/tail.ts'
import { Endpoint, PlatformError } from './endpoint.ts'
import { CommandError, EXIT, type ExitCode } from './exit-code.ts'
import { commandHelp, overallHelp } from './help.ts'
import { GLOBAL_OPTIONS, Options, parseArguments } from './options.ts'

/** In the order of `--help`. */
export const COMMANDS: readonly Command[] = [importCommand, tailCommand, getCommand, searchCommand, statusCommand]

const DEFAULT_URL = 'http://127.0.0.1:4000/graphql'

/** Runs one command line and says how it ended; it never throws. `words` are what follows `poi`. */
export async function runPoi(words: readonly string[], console: Console, signal: AbortSignal): Promise<ExitCode> {
  let options = new Options(GLOBAL_OPTIONS, new Map())
  try {
    const parsed = parseArguments(words, COMMANDS)
    options = parsed.options
    if (parsed.command === undefined || options.flag('help')) {
      console.stdout.write(`${parsed.command === undefined ? overallHelp(COMMANDS) : commandHelp(parsed.command)}\n`)
      return parsed.command === undefined && !options.flag('help') ? EXIT.usage : EXIT.ok
    }
    return await parsed.command.run({
      console,
      options,
      operands: parsed.operands,
      endpoint: new Endpoint(urlOf(options.text('url') ?? (console.env['POI_URL'] || DEFAULT_URL))),
      json: options.flag('json'),
      quiet: options.flag('quiet'),
      signal,
    })
  } catch (error) {
    if (signal.aborted) return EXIT.interrupted
    return explain(error, console, options.flag('json'))
  }
}

function urlOf(text: string): string {
  const url = URL.parse(text)
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new CommandError(EXIT.usage, `The platform's address wants a URL such as ${DEFAULT_URL}; got ${JSON.stringify(text)}.`)
  return url.href
}

/** Says on stderr what went wrong and what can be done about it. */
function explain(error: unknown, console: Console, json: boolean): ExitCode {
  const { exit, code, message, hint } = factsOf(error)
  if (json) console.stderr.write(`${JSON.stringify({ type: 'error', code, message, ...(hint !== undefined && { hint }), exit })}\n`)
  else console.stderr.write(`poi: ${message}\n${hint === undefined ? '' : `${hint}\n`}`)
  return exit
}

function factsOf(error: unknown): {
  readonly exit: ExitCode
  readonly code: string
  readonly message: string
  readonly hint?: string | undefined
} {
  if (error instanceof CommandError)
    return { exit: error.exit, code: error.exit === EXIT.usage ? 'USAGE' : 'FAILED', message: error.message, hint: error.hint }
  if (error instanceof PlatformError) {
    const isAway = error.code === 'UNREACHABLE' || error.code === 'BAD_ANSWER'
    const correlationId = error.extensions['correlationId']
    return {
      exit: isAway ? EXIT.unreachable : EXIT.failed,
      code: error.code,
      message: error.message,
      hint: isAway
        ? 'Is the platform running? `npm start` starts it; --url (or POI_URL) says where it is.'
        : `${error.code}${typeof correlationId === 'string' ? `, correlation id ${correlationId}` : ''}${error.retryable ? '; trying again may help' : ''}`,
    }
  }
  // Nothing is expected here: the stack helps whoever reports it.
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return { exit: EXIT.failed, code: 'FAILED', message }
}
