import { backoffMs, PlatformError, pause } from '../endpoint.ts'
import type { StreamEvent } from './stream-event.ts'
import { subscribeOnce } from './subscription.ts'

export interface FollowOptions {
  /** ws:// or wss:// */
  readonly url: string
  readonly filter?: unknown
  readonly delivery?: unknown
  /** where to begin */
  readonly after: string
  /** ends the iteration quietly */
  readonly signal: AbortSignal
  /** as `subscribeOnce` has it; the cursor counts as reached once this was called */
  readonly onEvent: (event: StreamEvent) => Promise<void> | undefined
  /** told when the stream broke and will be taken up again */
  readonly onBreak?: ((error: PlatformError | undefined, waitMs: number) => void) | undefined
  readonly onResumed?: (() => void) | undefined
}

/**
 * Follows the stream until the signal aborts, through any number of disconnects and restarts of the platform: each time it goes on behind
 * the last event, so nothing is lost and nothing repeated.
 * @throws PlatformError for what trying again does not heal: CURSOR_EXPIRED, CURSOR_INVALID, BAD_USER_INPUT, ...
 */
export async function follow(options: FollowOptions): Promise<void> {
  const { signal } = options
  let after = options.after
  let failures = 0
  while (!signal.aborted) {
    let failure: PlatformError | undefined
    try {
      await subscribeOnce({
        ...options,
        variables: { filter: options.filter, delivery: options.delivery, after },
        onConnected: () => {
          if (failures > 0) options.onResumed?.()
        },
        onEvent: event => {
          const busy = options.onEvent(event)
          after = event.cursor
          failures = 0
          return busy
        },
      })
    } catch (error) {
      if (!(error instanceof PlatformError) || !error.retryable) throw error
      failure = error
    }
    if (signal.aborted) return
    failures += 1
    const waitMs = backoffMs(Math.min(failures, 7), failure?.retryAfterMs ?? 0)
    options.onBreak?.(failure, waitMs)
    await pause(waitMs, signal).catch(() => {})
  }
}
