import { type Backoff, backOff } from './backoff.ts'
import type { Claim } from './log.sqlite.protocol.ts'
import { LogError } from './log.ts'

/** How the owned partitions of one run live: each opens its task, drives it, and after a failure disposes it and begins again. */
export interface OwnedRun<Task extends AsyncDisposable> {
  readonly claims: readonly Claim[]
  readonly open: (claim: Claim, attempt: number) => Promise<Task>
  /** Works until the signal aborts. Calls `progressed` after each success, which ends the row of failures. */
  readonly drive: (task: Task, claim: Claim, progressed: () => void, signal: AbortSignal) => Promise<void>
  readonly onRetry: ((error: unknown, partition: number) => void) | undefined
  readonly backoff: Backoff
  /** Whether the log itself is gone, so that a retry is pointless. */
  readonly gone: () => boolean
  readonly signal: AbortSignal
}

/** Nothing that a retry could mend: somebody has to look. */
const FATAL: readonly unknown[] = ['POSITION_EXPIRED', 'POSITION_AHEAD', 'CLOSED']

/**
 * Runs all partitions side by side until the signal aborts. The first fatal fault ends all of them.
 * @throws LogError FENCED when every partition was taken over; a fatal fault
 */
export const runOwned = async <Task extends AsyncDisposable>(run: OwnedRun<Task>): Promise<void> => {
  const fault = new AbortController()
  const signal = AbortSignal.any([run.signal, fault.signal])
  let fenced: LogError | undefined
  let faulty: { readonly error: unknown } | undefined
  let owned = run.claims.length
  await Promise.all(
    run.claims.map(async claim => {
      try {
        await live({ ...run, signal }, claim)
      } catch (error) {
        if (error instanceof LogError && error.code === 'FENCED') {
          fenced = error
          owned -= 1
        } else {
          faulty ??= { error }
          fault.abort()
        }
      }
    }),
  )
  if (faulty !== undefined) throw faulty.error
  if (fenced !== undefined && owned === 0) throw fenced
}

const live = async <Task extends AsyncDisposable>(run: OwnedRun<Task>, claim: Claim): Promise<void> => {
  const { signal, onRetry } = run
  let failures = 0
  for (let attempt = 0; !signal.aborted; attempt++) {
    let task: Task | undefined
    let failure: { readonly error: unknown } | undefined
    try {
      task = await run.open(claim, attempt)
      const progressed = () => {
        failures = 0
      }
      await run.drive(task, claim, progressed, signal)
    } catch (error) {
      failure = { error }
    }
    try {
      await task?.[Symbol.asyncDispose]()
    } catch (error) {
      onRetry?.(error, claim.partition)
    }
    if (failure === undefined) continue
    const { error } = failure
    if (error instanceof LogError && (error.code === 'FENCED' || FATAL.includes(error.code))) throw error
    if (run.gone()) throw error
    onRetry?.(error, claim.partition)
    await backOff(failures, run.backoff, signal)
    failures += 1
  }
}
