/** The WebSockets of a listener: accepted by path, kept alive, closed in an orderly way. */
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Logger } from './logger.ts'

/** Takes the accepted WebSockets of one path. */
export interface SocketRoute {
  /** Which of the offered subprotocols is spoken; false for none of them. */
  readonly protocol: (offered: Set<string>) => string | false
  /** `stream` is the connection under the socket: how much waits to be written there tells how far behind its reader is. */
  readonly open: (socket: WebSocket, request: IncomingMessage, stream: Socket) => void
}

export interface WebSockets {
  /** For the server's `upgrade` event. Of another site's page, of an unknown path or after `refuseMore`, it is turned away. */
  accept(request: IncomingMessage, path: string, stream: Socket, head: Buffer): void
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

  return {
    accept: (request, path, stream, head) => {
      stream.on('error', err => logger.debug({ err }, 'A WebSocket broke'))
      const target = targets.get(path)
      if (!accepts) return turnAway(stream, 503, 'Service Unavailable')
      if (target === undefined) return turnAway(stream, 404, 'Not Found')
      if (!isSameOrigin(request)) return turnAway(stream, 403, 'Forbidden')
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

/** Browsers let any page open a WebSocket to any host and tell its origin: pages of other sites are turned away. Programs send none. */
function isSameOrigin({ headers }: IncomingMessage): boolean {
  if (headers.origin === undefined) return true
  try {
    return new URL(headers.origin).host === headers.host
  } catch {
    return false
  }
}

function turnAway(stream: Socket, status: number, reason: string): void {
  stream.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
