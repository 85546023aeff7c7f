import { Readable, Writable } from 'node:stream'
import type { ExitCode } from './exit-code.ts'
import { runPoi } from './run-poi.ts'

/** What one `poi` command did. */
export interface Outcome {
  readonly exit: ExitCode
  readonly stdout: string
  readonly stderr: string
}

/** Keeps what is written, and tells when a text has appeared. */
export class Paper extends Writable {
  text = ''
  readonly #waiting = new Set<() => void>()

  override _write(chunk: Buffer, _: BufferEncoding, done: () => void): void {
    this.text += chunk.toString()
    for (const check of this.#waiting) check()
    done()
  }

  /** Resolves once the pattern is there. */
  async shows(pattern: RegExp): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const check = () => pattern.test(this.text) && resolve()
    this.#waiting.add(check)
    check()
    await promise
    this.#waiting.delete(check)
  }
}

export interface RunningPoi {
  readonly stdout: Paper
  readonly stderr: Paper
  /** as Ctrl-C does */
  readonly interrupt: () => void
  readonly outcome: Promise<Outcome>
}

/** Runs a command line in this process, without a terminal. */
export function startPoi(
  words: readonly string[],
  options: { readonly stdin?: string | Buffer; readonly env?: Record<string, string> } = {},
): RunningPoi {
  const stdout = new Paper()
  const stderr = new Paper()
  const abort = new AbortController()
  const stdin = Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)])
  const outcome = runPoi(words, { stdout, stderr, stdin, env: options.env ?? {} }, abort.signal).then(exit => ({
    exit,
    stdout: stdout.text,
    stderr: stderr.text,
  }))
  return { stdout, stderr, interrupt: () => abort.abort(), outcome }
}

export async function poi(...words: readonly string[]): Promise<Outcome> {
  return await startPoi(words).outcome
}
