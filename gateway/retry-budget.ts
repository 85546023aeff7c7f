/** How much may be retried: a share of what is sent, so that retries never multiply the load on a subgraph that is in trouble. */
export interface RetryBudget {
  /** To be called once for every first try. */
  sent(): void
  /** Takes one retry out of the budget, if there is one. */
  take(): boolean
}

/** `share` of the calls may be retried; up to `burst` retries are saved for bad moments. */
export function createRetryBudget({ share = 0.2, burst = 10 }: { readonly share?: number; readonly burst?: number } = {}): RetryBudget {
  let saved = burst
  return {
    sent: () => {
      saved = Math.min(burst, saved + share)
    },
    take: () => {
      if (saved < 1) return false
      saved -= 1
      return true
    },
  }
}
