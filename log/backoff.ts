import { setTimeout as delay } from 'node:timers/promises'

export interface Backoff {
  /** ms before the first retry; doubles with each failure */
  readonly firstMs: number
  readonly maxMs: number
}

/** Waits before retry number `attempt` (from 0), between half and all of the doubled time, so that many tasks do not retry in step. Ends early and quietly on abort. */
export const backOff = async (attempt: number, { firstMs, maxMs }: Backoff, signal: AbortSignal): Promise<void> => {
  const ceiling = Math.min(maxMs, firstMs * 2 ** Math.min(attempt, 30))
  await delay(ceiling * (0.5 + Math.random() / 2), undefined, { signal }).catch(() => {})
}
