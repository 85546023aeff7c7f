import { backoffMs, PlatformError, pause } from './endpoint.ts'

export interface RetryOptions {
  readonly signal: AbortSignal
  /** ms to go on trying while nothing but retryable errors come */
  readonly retryForMs: number
  /** told before each new try */
  readonly onRetry?: ((error: PlatformError) => void) | undefined
}

/**
 * Asks the platform again while it says that another try may help, with a growing pause that is never shorter than it asked for.
 * @throws the first PlatformError that is not retryable, the last one when the time is over, or the signal's reason
 */
export async function retrying<T>(attempt: () => Promise<T>, { signal, retryForMs, onRetry }: RetryOptions): Promise<T> {
  const giveUpAt = performance.now() + retryForMs
  for (let tries = 1; ; tries++) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof PlatformError) || !error.retryable) throw error
      const wait = backoffMs(tries, error.retryAfterMs)
      if (performance.now() + wait > giveUpAt) throw error
      onRetry?.(error)
      await pause(wait, signal)
    }
  }
}
