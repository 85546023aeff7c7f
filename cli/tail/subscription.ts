import { type Client, CloseCode, createClient } from 'graphql-ws'
import { WebSocket } from 'ws'
import { type Answer, dataOf, PlatformError, type WireError } from '../endpoint.ts'
import { type StreamEvent, TAIL } from './stream-event.ts'

export interface SubscriptionVariables {
  readonly filter?: unknown
  readonly delivery?: unknown
  readonly after: string
}

export interface SubscribeOptions {
  readonly url: string
  readonly variables: SubscriptionVariables
  /** ends the subscription quietly */
  readonly signal: AbortSignal
  readonly onConnected: () => void
  /** Returns a promise while no more events are wanted: the socket is not read until it resolves, so memory stays bounded. */
  readonly onEvent: (event: StreamEvent) => Promise<void> | undefined
}

const PING_EVERY_MS = 10_000
const PONG_WITHIN_MS = 5_000 // a half-open connection is found out after 15 s

/**
 * Subscribes once over one connection of its own (graphql-transport-ws). Resolves when the platform completes the stream or the signal
 * aborts.
 * @throws PlatformError: what the platform said, or UNREACHABLE when the connection broke
 */
export async function subscribeOnce({ url, variables, signal, onConnected, onEvent }: SubscribeOptions): Promise<void> {
  if (signal.aborted) return
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  let socket: WebSocket | undefined
  let pongTimer: NodeJS.Timeout | undefined
  const client: Client = createClient({
    url,
    webSocketImpl: WebSocket,
    retryAttempts: 0, // a retry must carry the newest cursor: `follow` does it
    keepAlive: PING_EVERY_MS,
    on: {
      connected(opened) {
        socket = opened instanceof WebSocket ? opened : undefined
        onConnected()
      },
      ping(isReceived) {
        if (!isReceived) pongTimer = setTimeout(() => client.terminate(), PONG_WITHIN_MS)
      },
      pong(isReceived) {
        if (isReceived) clearTimeout(pongTimer)
      },
    },
  })
  const stop = () => resolve()
  signal.addEventListener('abort', stop, { once: true })
  client.subscribe<{ readonly poiChanges: StreamEvent }>(
    { query: TAIL, variables: { ...variables } },
    {
      next(answer) {
        if (signal.aborted) return
        try {
          const busy = onEvent(dataOf(answer as Answer<{ readonly poiChanges: StreamEvent }>).poiChanges)
          if (busy === undefined) return
          socket?.pause()
          busy.then(() => socket?.resume(), reject)
        } catch (error) {
          reject(error)
        }
      },
      error: reason => reject(failureOf(reason, url)),
      complete: resolve,
    },
  )
  try {
    await promise
  } finally {
    signal.removeEventListener('abort', stop)
    clearTimeout(pongTimer)
    // A paused socket would never see the other side's close.
    socket?.resume()
    await client.dispose()
  }
}

/** Close codes that say the request itself is wrong: another try gets the same answer. */
const FATAL_CLOSES: ReadonlySet<number> = new Set([
  CloseCode.BadRequest,
  CloseCode.Unauthorized,
  CloseCode.Forbidden,
  CloseCode.SubprotocolNotAcceptable,
  CloseCode.BadResponse,
])

/** graphql-ws gives GraphQL errors as a list, a close as its event, and anything else as it was thrown. */
function failureOf(reason: unknown, url: string): PlatformError {
  if (Array.isArray(reason)) return PlatformError.from(reason as readonly WireError[])
  if (typeof reason === 'object' && reason !== null && 'code' in reason && typeof reason.code === 'number') {
    const said = 'reason' in reason && typeof reason.reason === 'string' && reason.reason !== '' ? `: ${reason.reason}` : ''
    if (FATAL_CLOSES.has(reason.code))
      return new PlatformError(`The platform closed the stream (${reason.code}${said}).`, { code: 'BAD_USER_INPUT' })
    return new PlatformError(`The connection was closed (${reason.code}${said}).`, { code: 'UNREACHABLE', retryable: true })
  }
  const message = reason instanceof Error ? reason.message : 'the connection failed'
  return new PlatformError(`No connection to ${url}: ${message}.`, { code: 'UNREACHABLE', retryable: true }, reason)
}
