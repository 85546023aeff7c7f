/** How a command ends: the closed list, for scripts to rely on. */
export const EXIT = { ok: 0, failed: 1, usage: 2, unreachable: 3, partly: 4, interrupted: 130 } as const
export type ExitCode = (typeof EXIT)[keyof typeof EXIT]

/** What each code means, as `--help` tells it. */
export const EXIT_MEANINGS = {
  0: 'done',
  1: 'failed: the platform or the input said no; the message tells why',
  2: 'wrong usage: nothing was done',
  3: 'the platform is not reachable',
  4: 'partly done: some rows were refused, the others were accepted',
  130: 'interrupted before the end',
} as const satisfies Record<ExitCode, string>

/** Ends a command with a sentence for the person at the terminal, and a hint on what to do next. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
  readonly exit: ExitCode
  readonly hint: string | undefined

  constructor(exit: ExitCode, message: string, options: { readonly hint?: string | undefined; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.exit = exit
    this.hint = options.hint
  }
}
