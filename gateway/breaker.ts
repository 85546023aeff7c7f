/**
 * A circuit breaker: after `threshold` failures in a row a target is left alone for `restMs`, then one call may try; it closes with the
 * first success. So a dead subgraph costs its callers nothing, and is not met by a storm when it returns.
 */
export const BREAKER_STATES = ['closed', 'open', 'half-open'] as const
export type BreakerState = (typeof BREAKER_STATES)[number]

export interface Breaker {
  /** Whether a call may be made now. Every call allowed must be reported by `succeeded` or `failed`. */
  allows(): boolean
  succeeded(): void
  failed(): void
  readonly state: BreakerState
}

export function createBreaker({
  threshold = 5,
  restMs = 2_000,
  now = () => performance.now(),
  onChange = () => {},
}: {
  readonly threshold?: number
  readonly restMs?: number
  readonly now?: () => number
  readonly onChange?: (state: BreakerState) => void
} = {}): Breaker {
  let state: BreakerState = 'closed'
  let failures = 0
  let openedAt = 0
  const become = (next: BreakerState) => {
    if (next === state) return
    state = next
    onChange(next)
  }
  return {
    allows: () => {
      if (state === 'closed') return true
      // Half-open: one call is on its way; the others wait for what it finds.
      if (state === 'half-open' && now() - openedAt < restMs) return false
      if (now() - openedAt < restMs) return false
      openedAt = now()
      become('half-open')
      return true
    },
    succeeded: () => {
      failures = 0
      become('closed')
    },
    failed: () => {
      failures += 1
      if (state !== 'half-open' && failures < threshold) return
      openedAt = now()
      become('open')
    },
    get state() {
      return state
    },
  }
}
