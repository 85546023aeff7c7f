/** A client for tests. */
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'

export interface Answer {
  readonly status: number
  readonly type: string | null
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever they asked for
  readonly data?: any
  // biome-ignore lint/suspicious/noExplicitAny: the same
  readonly errors?: readonly { readonly message: string; readonly path?: unknown; readonly extensions: any }[]
}

export async function ask(url: string, query: string, variables: object = {}, more: object = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables, ...more }),
  })
  return { status: response.status, type: response.headers.get('content-type'), ...((await response.json()) as object) }
}

/** A subscription whose events are awaited one by one. */
export interface Followed extends AsyncDisposable {
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever they subscribed to
  next(): Promise<{ readonly data?: any; readonly errors?: readonly { readonly message: string; readonly extensions: any }[] }>
  /** Resolves when the server ended it; rejects with its errors or with how the socket was closed. */
  readonly ended: Promise<void>
  readonly socket: () => WebSocket | undefined
}

export function follow(wsUrl: string, query: string, variables: Record<string, unknown> = {}): Followed {
  let socket: WebSocket | undefined
  class Observed extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols)
      socket = this
    }
  }
  const client = createClient({ url: wsUrl, webSocketImpl: Observed, retryAttempts: 0 })
  const waiting: object[] = []
  let wake: () => void = () => {}
  const ended = Promise.withResolvers<void>()
  ended.promise.catch(() => wake())
  const stop = client.subscribe(
    { query, variables },
    {
      next: event => {
        waiting.push(event)
        wake()
      },
      error: ended.reject,
      complete: () => ended.resolve(),
    },
  )
  return {
    ended: ended.promise,
    socket: () => socket,
    next: async () => {
      while (waiting.length === 0) {
        const woken = Promise.withResolvers<void>()
        wake = woken.resolve
        await Promise.race([woken.promise, ended.promise.then(() => Promise.reject(new Error('It ended')))])
      }
      return waiting.shift() ?? {}
    },
    [Symbol.asyncDispose]: async () => {
      stop()
      await client.dispose()
    },
  }
}
