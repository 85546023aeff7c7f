import { LogError } from './log.ts'

/** The runs of one open log: closing ends them and waits for them. */
export class Runs {
  readonly #closing = new AbortController()
  readonly #running = new Set<Promise<void>>()

  get closing(): AbortSignal {
    return this.#closing.signal
  }

  /** @throws LogError CLOSED */
  async track(signal: AbortSignal, run: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.closing.aborted) throw new LogError('CLOSED', 'The log is closed.')
    const running = run(AbortSignal.any([signal, this.closing]))
    this.#running.add(running)
    try {
      await running
    } finally {
      this.#running.delete(running)
    }
  }

  async close(): Promise<void> {
    this.#closing.abort()
    await Promise.allSettled(this.#running)
  }
}
