/** A subscription's events with their cursors. A lost subgraph is found again behind the last cursor, unseen by the client. */
import type { ExecutionResult } from 'graphql'
import { PoiError } from '#runtime/errors.ts'
import type { Logger } from '#runtime/logger.ts'
import { type EventStream, isEventStream } from './event-stream.ts'
import type { Execution } from './execution.ts'
import type { Variables } from './live-subscription.ts'
import type { Operation } from './operations.ts'

export interface LiveEvent {
  readonly result: ExecutionResult
  /** the position after this event; undefined for a subscription without cursors */
  readonly cursor: string | undefined
}

export interface LiveRequest {
  readonly operation: Operation
  readonly variables: Variables
  readonly correlationId: string
  /** Begins behind this cursor; now when undefined. */
  readonly after: unknown
}

const FIRST_RETRY_MS = 100
const LAST_RETRY_MS = 2_000
/** A subgraph away for longer than this ends its subscriptions. */
const GIVE_UP_MS = 60_000

/** Resolves with the stream, or with why the subscription cannot begin. */
export async function openLiveStream(
  execution: Execution,
  logger: Logger,
  { operation, variables, correlationId, after }: LiveRequest,
): Promise<EventStream<LiveEvent> | ExecutionResult> {
  const closing = new AbortController()
  let cursor: unknown = after
  const open = () => execution.subscribe(operation, variables, correlationId, cursor)
  const opened = await open()
  if (!isEventStream<ExecutionResult>(opened)) return opened
  let source: EventStream<ExecutionResult> = opened

  return {
    next: async () => {
      for (;;) {
        try {
          const step = await source.next()
          if (step.done === true) return step
          const result = step.value
          const position = operation.live?.takeCursor(result.data)
          if (position !== undefined) cursor = position
          return { done: false, value: { result, cursor: position } }
        } catch (error) {
          if (closing.signal.aborted) return { done: true, value: undefined }
          // Without a cursor nobody knows what would be missed; the client is told instead.
          if (!isLost(error) || operation.live === undefined || cursor === undefined) throw error
          logger.warn({ err: error, correlationId }, 'A subscription lost its subgraph; resuming it')
          await source.return().catch(() => {})
          const again = await reopen(open, closing.signal)
          if (again === undefined) return { done: true, value: undefined }
          if (!isEventStream<ExecutionResult>(again)) {
            source = ended()
            return { done: false, value: { result: again, cursor: undefined } }
          }
          source = again
        }
      }
    },
    return: async () => {
      closing.abort()
      await source.return()
    },
  }
}

/** Tries with growing pauses until the subgraph answers; undefined when the stream was closed meanwhile. @throws PoiError SUBGRAPH_UNAVAILABLE in the end */
async function reopen(
  open: () => Promise<EventStream<ExecutionResult> | ExecutionResult>,
  signal: AbortSignal,
): Promise<EventStream<ExecutionResult> | ExecutionResult | undefined> {
  const begun = performance.now()
  for (let pause = FIRST_RETRY_MS; ; pause = Math.min(pause * 2, LAST_RETRY_MS)) {
    // Jittered, so that the subscriptions of a restarted subgraph do not all arrive at once.
    await sleep(pause * (0.5 + Math.random() / 2), signal)
    if (signal.aborted) return undefined
    const opened = await open()
    if (isEventStream<ExecutionResult>(opened)) {
      if (!signal.aborted) return opened
      await opened.return()
      return undefined
    }
    const isStillAway = opened.errors?.some(error => isLost(error.originalError ?? error)) === true
    if (!isStillAway || performance.now() - begun > GIVE_UP_MS) return opened
  }
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}

function isLost(error: unknown): boolean {
  const cause = error instanceof Error && 'originalError' in error ? error.originalError : undefined
  return (error instanceof PoiError && error.code === 'SUBGRAPH_UNAVAILABLE') || (cause !== undefined && isLost(cause))
}

function ended(): EventStream<ExecutionResult> {
  return { next: async () => ({ done: true, value: undefined }), return: async () => {} }
}
