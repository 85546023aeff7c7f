/**
 * The events of one subscription of another process, over a WebSocket of its own (graphql-transport-ws). Few events wait here: when the
 * consumer is slow, the socket is not read, so that the sender notices and its own policy for slow subscribers applies.
 */
import type { ExecutionResult, GraphQLError } from 'graphql'
import { MessageType, type SubscribePayload } from 'graphql-ws'
import { WebSocket } from 'ws'
import type { EventStream } from './event-stream.ts'
import { readRemoteError, readRemoteResult } from './remote-result.ts'

const PROTOCOL = 'graphql-transport-ws'
const ID = '1'
const HANDSHAKE_MS = 5_000
const MAX_FRAME_BYTES = 16 * 2 ** 20
/** Above `PAUSE_AT` waiting events the socket is paused, at `RESUME_AT` it is read again. */
const PAUSE_AT = 64
const RESUME_AT = 16

type Message = { readonly type?: string; readonly payload?: unknown }

/**
 * Resolves when the other side has acknowledged the connection. `next` gives the errors of a refused subscription as its only event.
 * @throws whatever `lost` makes of the cause, here and from `next`, when there is no connection (any more)
 */
export async function openRemoteStream({
  url,
  payload,
  lost,
}: {
  readonly url: string
  readonly payload: SubscribePayload
  readonly lost: (cause: unknown) => Error
}): Promise<EventStream<ExecutionResult>> {
  const socket = new WebSocket(url, PROTOCOL, { perMessageDeflate: false, maxPayload: MAX_FRAME_BYTES, handshakeTimeout: HANDSHAKE_MS })
  const waiting: ExecutionResult[] = []
  let end: { readonly error: Error | undefined } | undefined
  let closed = false
  let wake: (() => void) | undefined
  const acknowledged = Promise.withResolvers<void>()
  acknowledged.promise.catch(() => {})

  const finish = (error: Error | undefined) => {
    end ??= { error }
    if (error !== undefined) acknowledged.reject(error)
    wake?.()
  }
  const close = () => {
    clearTimeout(impatience)
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate()
    else {
      // A paused socket would never read the other side's goodbye.
      socket.resume()
      socket.close(1000)
    }
  }
  const impatience = setTimeout(() => {
    finish(lost(new Error(`no connection_ack within ${HANDSHAKE_MS} ms`)))
    socket.terminate()
  }, HANDSHAKE_MS)

  socket.on('open', () => socket.send(JSON.stringify({ type: MessageType.ConnectionInit })))
  socket.on('error', cause => finish(lost(cause)))
  socket.on('close', (code, reason) => {
    clearTimeout(impatience)
    finish(lost(new Error(`the connection was closed: ${code} ${reason}`)))
  })
  socket.on('message', data => {
    try {
      receive(JSON.parse(String(data)) as Message)
    } catch (cause) {
      finish(lost(cause))
      socket.terminate()
    }
  })
  function fail(errors: readonly GraphQLError[]): void {
    const isGoingAway = errors.some(({ extensions }) => extensions['code'] === 'SHUTTING_DOWN')
    if (!isGoingAway) waiting.push({ errors })
    finish(isGoingAway ? lost(errors[0]) : undefined)
    close()
  }
  function receive(message: Message): void {
    switch (message.type) {
      case MessageType.ConnectionAck:
        clearTimeout(impatience)
        socket.send(JSON.stringify({ id: ID, type: MessageType.Subscribe, payload }))
        acknowledged.resolve()
        return
      case MessageType.Ping:
        socket.send(JSON.stringify({ type: MessageType.Pong }))
        return
      case MessageType.Next:
        if (closed) return
        waiting.push(readRemoteResult(message.payload))
        if (waiting.length >= PAUSE_AT) socket.pause()
        wake?.()
        return
      case MessageType.Error:
        fail((Array.isArray(message.payload) ? message.payload : [message.payload]).map(readRemoteError))
        return
      case MessageType.Complete:
        finish(undefined)
        close()
    }
  }

  await acknowledged.promise
  return {
    next: async () => {
      for (;;) {
        const event = waiting.shift()
        if (waiting.length === RESUME_AT && socket.isPaused) socket.resume()
        if (event !== undefined) return { done: false, value: event }
        if (closed) return { done: true, value: undefined }
        if (end?.error !== undefined) throw end.error
        if (end !== undefined) return { done: true, value: undefined }
        const woken = Promise.withResolvers<void>()
        wake = woken.resolve
        await woken.promise
      }
    },
    return: async () => {
      closed = true
      waiting.length = 0
      wake?.()
      close()
    },
  }
}
