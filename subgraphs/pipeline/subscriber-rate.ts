/** At most so many events in any second, however they come. */

/** A tenth of a second's worth may come at once: changes arrive in batches. */
const BURST_SECONDS = 0.1

/** All times are ms on a clock that never jumps. */
export class Rate {
  readonly #burst: number
  /** tokens per ms */
  readonly #refill: number
  #tokens: number
  #at: number

  /** @param perSecond more than 0 */
  constructor(perSecond: number, now: number) {
    this.#burst = Math.max(1, Math.floor(perSecond * BURST_SECONDS))
    // A burst and one second's refill together must not pass the rate.
    this.#refill = (this.#burst === 1 ? perSecond : perSecond - this.#burst) / 1_000
    this.#tokens = this.#burst
    this.#at = now
  }

  /** Takes leave for one event, if there is any. */
  take(now: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + (now - this.#at) * this.#refill)
    this.#at = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }

  /** ms until the next event may come; 0 when it may now */
  dueIn(now: number): number {
    const tokens = this.#tokens + (now - this.#at) * this.#refill
    return tokens >= 1 ? 0 : (1 - tokens) / this.#refill
  }
}
