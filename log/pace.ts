import { setTimeout as delay } from 'node:timers/promises'

/**
 * Keeps rounds of work at least so far apart, for all who share it. Whoever comes after a rest goes on at once; under a steady load all
 * wait for the next round together, so that small pieces of work become fewer and larger, and share one commit.
 */
export class Pace {
  readonly #everyMs: number
  #lastRound = Number.NEGATIVE_INFINITY
  #nextRound: Promise<void> | undefined

  constructor(everyMs: number) {
    this.#everyMs = everyMs
  }

  async round(): Promise<void> {
    const wait = this.#lastRound + this.#everyMs - performance.now()
    if (this.#nextRound === undefined) {
      if (wait <= 0) {
        this.#lastRound = performance.now()
        return
      }
      this.#nextRound = delay(wait).then(() => {
        this.#lastRound = performance.now()
        this.#nextRound = undefined
      })
    }
    await this.#nextRound
  }
}
