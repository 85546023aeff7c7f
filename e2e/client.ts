/** What a user's program does: POST a document, follow a subscription. */
import { createClient } from 'graphql-ws'
import { WebSocket } from 'ws'

/** Rejects on a transport failure and on GraphQL errors alike. */
export async function ask<Data>(url: string, query: string, variables: Readonly<Record<string, unknown>> = {}): Promise<Data> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  })
  const result = (await response.json()) as { data?: Data; errors?: readonly { message: string; extensions?: unknown }[] }
  if (result.errors !== undefined || result.data === undefined || result.data === null) {
    throw new Error(`${response.status} ${JSON.stringify(result.errors)}`)
  }
  return result.data
}

export interface Subscription<Event> extends AsyncDisposable {
  /** Resolves when the server (or its death) ended the subscription. */
  readonly ended: Promise<unknown>
  /** Events so far. */
  readonly count: () => number
  /** The socket, for tests that stall it. */
  readonly socket: () => WebSocket | undefined
  readonly _event?: Event
}

/** Follows one subscription on a socket of its own; never reconnects by itself, so that tests see every break. */
export function follow<Event>(
  wsUrl: string,
  query: string,
  variables: Readonly<Record<string, unknown>>,
  onEvent: (event: Event) => void,
): Subscription<Event> {
  let events = 0
  let socket: WebSocket | undefined
  class Observed extends WebSocket {
    constructor(address: string, protocols: string | string[]) {
      super(address, protocols)
      socket = this
    }
  }
  const client = createClient({ url: wsUrl, webSocketImpl: Observed, retryAttempts: 0, lazy: true })
  const ended = Promise.withResolvers<unknown>()
  const unsubscribe = client.subscribe<Record<string, Event>>(
    { query, variables: { ...variables } },
    {
      next: ({ data, errors }) => {
        if (errors !== undefined) return ended.resolve(errors)
        events += 1
        const event = data === null || data === undefined ? undefined : Object.values(data)[0]
        if (event !== undefined) onEvent(event)
      },
      error: reason => ended.resolve(reason),
      complete: () => ended.resolve(undefined),
    },
  )
  return {
    ended: ended.promise,
    count: () => events,
    socket: () => socket,
    [Symbol.asyncDispose]: async () => {
      unsubscribe()
      await client.dispose()
      socket?.terminate()
    },
  }
}

/** Asks again until the answer satisfies, or fails with the last answer after `seconds`. */
export async function until<Answer>(
  what: string,
  seconds: number,
  ask: () => Promise<Answer>,
  satisfied: (answer: Answer) => boolean,
): Promise<Answer> {
  const deadline = performance.now() + seconds * 1_000
  for (;;) {
    const answer = await ask()
    if (satisfied(answer)) return answer
    if (performance.now() > deadline)
      throw new Error(`${what}: not within ${seconds} s; last seen ${JSON.stringify(answer)?.slice(0, 500)}`)
    await new Promise(resolve => setTimeout(resolve, 25))
  }
}
