/** The WebSockets of a listener: accepted by path, kept alive, closed in an orderly way. */
import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import { correlationOf } from './correlation.ts'
import type { Logger } from './logger.ts'
import { type Refusal, refusalBody } from './reply.ts'

/** Takes the accepted WebSockets of one path. */
export interface SocketRoute {
  /** Which of the offered subprotocols is spoken; false for none of them. */
  readonly protocol: (offered: Set<string>) => string | false
  /** `stream` is the connection under the socket: how much waits to be written there tells how far behind its reader is. */
  readonly open: (socket: WebSocket, request: IncomingMessage, stream: Socket) => void
}

export interface WebSockets {
  /** For the server's `upgrade` event. Of an unknown path or after `refuseMore`, it is turned away. */
  accept(request: IncomingMessage, path: string, stream: Socket, head: Buffer): void
  /** For the same event, when the listener has a reason of its own. */
  refuse(request: IncomingMessage, stream: Socket, refusal: Refusal): void
  refuseMore(): void
  /** Asks every client to come back, spread over `spreadMs`. Resolves when all were asked; they have yet to answer. */
  close(spreadMs: number): Promise<void>
  /** Cuts whatever is still open. */
  cut(): void
}

const PING_EVERY_MS = 15_000
/** Long, because a stalled reader answers a ping only after everything queued before it; it is not dead. */
const SILENT_FOR_MS = 75_000
const MAX_FRAME_BYTES = 1_048_576
/** 1012 "service restart" (IANA registry of WebSocket close codes): clients connect again by themselves. */
const RESTART = { code: 1012, reason: 'The server restarts; connect again and resume after your last cursor.' } as const
const SHUTTING_DOWN: Refusal = { status: 503, code: 'SHUTTING_DOWN', message: 'The process is shutting down; connect again.' }
const NO_SUCH_PATH: Refusal = { status: 404, code: 'NOT_FOUND', message: 'There is no WebSocket here.' }

export function openWebSockets(routes: Readonly<Record<string, SocketRoute>>, logger: Logger): WebSockets {
  const targets = new Map(
    Object.entries(routes).map(([path, { protocol, open }]) => {
      const options = { noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false, handleProtocols: protocol }
      return [path, { acceptor: new WebSocketServer(options), open }]
    }),
  )
  /** When each was last heard of, ms. */
  const heard = new Map<WebSocket, number>()
  let accepts = true

  const pinging = setInterval(() => {
    const now = performance.now()
    for (const [socket, at] of heard) {
      if (now - at > SILENT_FOR_MS) socket.terminate()
      else if (socket.readyState === socket.OPEN) socket.ping()
    }
  }, PING_EVERY_MS)
  pinging.unref()

  function turnAway({ headers }: IncomingMessage, stream: Socket, refusal: Refusal): void {
    stream.on('error', err => logger.debug({ err }, 'A WebSocket broke'))
    const body = JSON.stringify(refusalBody(refusal, correlationOf(headers)))
    const type = `Content-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}`
    stream.end(`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}\r\nConnection: close\r\n${type}\r\n\r\n${body}`)
  }

  return {
    accept: (request, path, stream, head) => {
      const target = targets.get(path)
      if (!accepts) return turnAway(request, stream, SHUTTING_DOWN)
      if (target === undefined) return turnAway(request, stream, NO_SUCH_PATH)
      stream.on('error', err => logger.debug({ err }, 'A WebSocket broke'))
      target.acceptor.handleUpgrade(request, stream, head, socket => {
        const hear = () => heard.set(socket, performance.now())
        hear()
        socket.on('pong', hear)
        socket.on('message', hear)
        socket.on('error', err => logger.debug({ err }, 'A WebSocket broke'))
        socket.on('close', () => heard.delete(socket))
        target.open(socket, request, stream)
      })
    },
    refuse: turnAway,
    refuseMore: () => {
      accepts = false
      clearInterval(pinging)
    },
    close: async spreadMs => {
      const open = [...heard.keys()]
      for (const [index, socket] of open.entries()) {
        if (index > 0) await new Promise(resolve => setTimeout(resolve, spreadMs / open.length))
        socket.close(RESTART.code, RESTART.reason)
      }
    },
    cut: () => {
      for (const socket of heard.keys()) socket.terminate()
    },
  }
}
