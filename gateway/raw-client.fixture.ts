/** A client for tests that speaks graphql-transport-ws message by message, so that it can break the rules. */
import { once } from 'node:events'
import { WebSocket } from 'ws'

export interface RawClient {
  readonly socket: WebSocket
  send(message: object | string): void
  /** The next message. */
  receive(): Promise<Record<string, unknown>>
  /** The code of the close. */
  readonly closed: Promise<number>
}

export async function openRaw(
  wsUrl: string,
  { init = true, protocols = ['graphql-transport-ws'] }: { readonly init?: boolean; readonly protocols?: string[] } = {},
): Promise<RawClient> {
  const socket = new WebSocket(wsUrl, protocols)
  const messages: Record<string, unknown>[] = []
  let wake = () => {}
  socket.on('message', data => {
    messages.push(JSON.parse(String(data)))
    wake()
  })
  const closed = once(socket, 'close').then(([code]) => code as number)
  socket.on('error', () => {})
  await Promise.race([once(socket, 'open'), closed])
  const client: RawClient = {
    socket,
    closed,
    send: message => socket.send(typeof message === 'string' ? message : JSON.stringify(message)),
    receive: async () => {
      while (messages.length === 0) {
        const woken = Promise.withResolvers<void>()
        wake = woken.resolve
        await Promise.race([woken.promise, closed.then(code => Promise.reject(new Error(`Closed with ${code}`)))])
      }
      return messages.shift() ?? {}
    },
  }
  if (init) {
    client.send({ type: 'connection_init' })
    await client.receive()
  }
  return client
}
