/**
 * The one listener of a process: HTTP and WebSocket on one port, health, metrics, and an ordered drain.
 *
 * `GET /health/live` 200 while the process turns; `GET /health/ready` 200, or 503 with what is missing; `GET /metrics` in Prometheus' text
 * format; everything else by the routes given.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Logger } from './logger.ts'
import { refuse, send, sendJson } from './reply.ts'

/** Answers one request. What it throws is logged and answered with 500, without its message. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

/** Takes the accepted WebSockets of one path. */
export interface SocketRoute {
  /** Which of the offered subprotocols is spoken; false for none of them. */
  readonly protocol: (offered: Set<string>) => string | false
  /** `stream` is the connection under the socket: how much waits to be written there tells how far behind its reader is. */
  readonly open: (socket: WebSocket, request: IncomingMessage, stream: Socket) => void
}

export interface ServeOptions {
  readonly host: string
  /** 0 takes a free one */
  readonly port: number
  /** By path; a path that ends in `/` also answers everything below it. */
  readonly routes: Readonly<Record<string, Route>>
  readonly sockets?: Readonly<Record<string, SocketRoute>>
  /** What is missing before this process can do its work, in words; empty when ready. */
  readonly missing: () => Promise<readonly string[]>
  /** Prometheus' text format. */
  readonly metrics: () => Promise<string>
  readonly logger: Logger
  /** ms between "not ready" and the first close, so that a balancer can turn away; 0 unless told */
  readonly drainDelayMs?: number
  /** ms over which the closes of WebSockets are spread, so that their clients do not all come back at once; 2,000 unless told */
  readonly drainSpreadMs?: number
  /** ms for the whole drain; what is not finished then is cut; 8,000 unless told */
  readonly drainDeadlineMs?: number
  /** ms that a client may take to send the header of a request; 10,000 unless told */
  readonly headersTimeoutMs?: number
}

export interface Served extends AsyncDisposable {
  readonly host: string
  readonly port: number
  /** `http://127.0.0.1:4000` */
  readonly origin: string
}

const PING_EVERY_MS = 15_000
/** Long, because a stalled reader answers a ping only after everything queued before it; it is not dead. */
const SILENT_FOR_MS = 75_000
const MAX_FRAME_BYTES = 1_048_576
const TEXT = 'text/plain; charset=utf-8'
/** 1012 "service restart" (IANA registry of WebSocket close codes): clients connect again by themselves. */
const RESTART = { code: 1012, reason: 'The server restarts; connect again and resume after your last cursor.' } as const

/** Listens, or rejects when the address is taken. Disposing drains: not ready → close WebSockets → finish what is in flight → close. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { host, port, routes, sockets = {}, missing, metrics, logger } = options
  const { drainDelayMs = 0, drainSpreadMs = 2_000, drainDeadlineMs = 8_000, headersTimeoutMs = 10_000 } = options
  let draining = false
  const own: Record<string, Route> = {
    '/health/live': (_, response) => sendJson(response, 200, { status: 'live' }),
    '/health/ready': async (_, response) => {
      const lacks = draining ? ['The process is shutting down.'] : await missing()
      sendJson(response, lacks.length === 0 ? 200 : 503, { status: lacks.length === 0 ? 'ready' : 'not ready', missing: lacks })
    },
    '/metrics': async (_, response) => send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await metrics()),
  }
  const route = router({ ...routes, ...own })

  const server = createServer(
    {
      keepAliveTimeout: 65_000,
      // One that trickles in does not hold a connection for ever.
      headersTimeout: headersTimeoutMs,
      requestTimeout: Math.max(30_000, headersTimeoutMs),
      connectionsCheckingInterval: Math.min(2_000, headersTimeoutMs),
      noDelay: true,
    },
    (request, response) => {
      if (draining) response.setHeader('connection', 'close')
      // Its connection is kept alive for another request, which must not come any more.
      response.on('finish', () => draining && setImmediate(() => server.closeIdleConnections()))
      response.on('error', err => logger.debug({ err }, 'The client went away'))
      const handle = route(request)
      if (handle === undefined) return refuse(response, { status: 404, code: 'BAD_REQUEST', message: 'There is nothing here.' })
      void (async () => handle(request, response))().catch((err: unknown) => {
        if (request.destroyed && !request.complete) return logger.debug({ err }, 'The client went away')
        logger.error({ err, path: request.url }, 'A request failed')
        refuse(response, { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'The request failed.' })
      })
    },
  )

  const accepting = Object.fromEntries(
    Object.entries(sockets).map(([path, { protocol, open }]) => {
      const acceptor = new WebSocketServer({
        noServer: true,
        maxPayload: MAX_FRAME_BYTES,
        perMessageDeflate: false,
        handleProtocols: protocol,
      })
      return [path, { acceptor, open }]
    }),
  )
  const heard = new Map<WebSocket, number>()
  server.on('upgrade', (request: IncomingMessage, stream: Socket, head: Buffer) => {
    stream.on('error', err => logger.debug({ err }, 'A WebSocket broke'))
    const target = accepting[pathOf(request)]
    if (draining) return turnAway(stream, 503, 'Service Unavailable')
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
  })
  const pinging = setInterval(() => {
    const now = performance.now()
    for (const [socket, at] of heard) {
      if (now - at > SILENT_FOR_MS) socket.terminate()
      else if (socket.readyState === socket.OPEN) socket.ping()
    }
  }, PING_EVERY_MS)
  pinging.unref()

  // Many clients come back at once after a restart; what the queue of the system does not hold waits for a second.
  server.listen({ port, host, backlog: 4_096 })
  await once(server, 'listening')
  const address = server.address() as AddressInfo

  const drain = async (): Promise<void> => {
    draining = true
    const late = setTimeout(() => {
      logger.warn('Not everything was finished in time; cutting the rest')
      for (const socket of heard.keys()) socket.terminate()
      server.closeAllConnections()
    }, drainDeadlineMs)
    try {
      if (drainDelayMs > 0) await pause(drainDelayMs)
      const closed = once(server, 'close')
      server.close()
      const open = [...heard.keys()]
      for (const socket of open) {
        socket.close(RESTART.code, RESTART.reason)
        if (open.length > 1) await pause(drainSpreadMs / open.length)
      }
      await closed
    } finally {
      clearTimeout(late)
      clearInterval(pinging)
    }
  }
  let drained: Promise<void> | undefined
  return {
    host,
    port: address.port,
    origin: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    [Symbol.asyncDispose]: () => {
      drained ??= drain()
      return drained
    },
  }
}

function pause(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

function pathOf(request: IncomingMessage): string {
  const target = request.url ?? '/'
  const end = target.search(/[?#]/)
  return end === -1 ? target : target.slice(0, end)
}

/** Finds the route of a request: the path itself, else the longest `prefix/` that it starts with. */
function router(routes: Readonly<Record<string, Route>>): (request: IncomingMessage) => Route | undefined {
  const exact = new Map(Object.entries(routes))
  const prefixes = [...exact.keys()].filter(path => path.endsWith('/') && path !== '/').sort((a, b) => b.length - a.length)
  return request => {
    const path = pathOf(request)
    const found = exact.get(path)
    if (found !== undefined) return found
    const prefix = prefixes.find(candidate => path.startsWith(candidate))
    return prefix === undefined ? undefined : exact.get(prefix)
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
  stream.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\nContent-Type: ${TEXT}\r\n\r\n`)
}
