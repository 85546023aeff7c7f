import type { LaneEnds } from './log.sqlite.protocol.ts'

/** Where every lane begins and ends, as far as this thread knows, and the bells of those who wait for more: one watch per open log. */
export class Watch {
  readonly #ends = new Map<number, LaneEnds>()
  readonly #bells = new Map<number, Set<Bell>>()
  #failure: unknown

  /** The next offset to be written. What is known can only be too low, never too high. */
  end(lane: number): number {
    return this.#ends.get(lane)?.next ?? 0
  }

  moved(news: readonly LaneEnds[]): void {
    for (const { lane, earliest, next } of news) {
      const known = this.#ends.get(lane)
      if (known !== undefined && known.next >= next && known.earliest >= earliest) continue
      this.#ends.set(lane, { lane, earliest: Math.max(earliest, known?.earliest ?? 0), next: Math.max(next, known?.next ?? 0) })
      for (const bell of this.#bells.get(lane) ?? []) bell.ring()
    }
  }

  /** From now on every wait ends with this error. */
  fail(error: unknown): void {
    this.#failure ??= error
    for (const bells of this.#bells.values()) for (const bell of bells) bell.ring()
  }

  /** A bell that rings when one of the lanes moves or the signal aborts. */
  bell(lanes: readonly number[], signal: AbortSignal): Bell {
    const bell = new Bell(
      () => this.#failure,
      () => {
        for (const lane of lanes) this.#bells.get(lane)?.delete(bell)
        signal.removeEventListener('abort', ring)
      },
    )
    const ring = () => bell.ring()
    for (const lane of lanes) {
      const bells = this.#bells.get(lane)
      if (bells === undefined) this.#bells.set(lane, new Set([bell]))
      else bells.add(bell)
    }
    signal.addEventListener('abort', ring)
    if (signal.aborted) bell.ring()
    return bell
  }
}

export class Bell implements Disposable {
  readonly #failure: () => unknown
  readonly #release: () => void
  #rung = false
  #waiting: (() => void) | undefined

  constructor(failure: () => unknown, release: () => void) {
    this.#failure = failure
    this.#release = release
  }

  ring(): void {
    this.#rung = true
    this.#waiting?.()
    this.#waiting = undefined
  }

  /** Resolves at the next ring, at once when it rang since the last wait: nothing is missed between a look and the wait. */
  async rung(): Promise<void> {
    if (!this.#rung) {
      await new Promise<void>(resolve => {
        this.#waiting = resolve
      })
    }
    this.#rung = false
    const failure = this.#failure()
    if (failure !== undefined) throw failure
  }

  [Symbol.dispose](): void {
    this.#release()
  }
}
