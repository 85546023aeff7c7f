import type { Readable, Writable } from 'node:stream'
import type { Endpoint } from './endpoint.ts'
import type { ExitCode } from './exit-code.ts'
import type { Options } from './options.ts'

/** One option of a command, as it is parsed and as `--help` shows it. */
export interface OptionSpec {
  readonly type: 'string' | 'boolean'
  /** placeholder of the value in `--help`; strings only */
  readonly value?: string
  readonly help: string
  /** may be given more than once; each value may also be a comma-separated list */
  readonly multiple?: boolean
}

/** Where a command reads from and writes to. Injected, so that a test can stand in for the terminal. */
export interface Console {
  /** results, and nothing else */
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  /** progress, warnings and errors */
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number }
  readonly stdin: Readable
  readonly env: Readonly<Record<string, string | undefined>>
}

/** What a command gets. */
export interface Invocation {
  readonly console: Console
  readonly options: Options
  /** the words after the command's name */
  readonly operands: readonly string[]
  readonly endpoint: Endpoint
  /** machine output */
  readonly json: boolean
  /** results and errors only */
  readonly quiet: boolean
  /** Ctrl-C or SIGTERM: end cleanly */
  readonly signal: AbortSignal
}

export interface Command {
  readonly name: string
  /** what follows the name: `<file>` */
  readonly operands: string
  readonly summary: string
  /** paragraphs of `poi <command> --help`, below the usage line */
  readonly description: readonly string[]
  readonly options: Readonly<Record<string, OptionSpec>>
  readonly examples: readonly (readonly [command: string, meaning: string])[]
  /** @throws CommandError, PlatformError; the caller turns both into a message and an exit code */
  readonly run: (invocation: Invocation) => Promise<ExitCode>
}
