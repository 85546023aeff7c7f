/**
 * The one listener of a process: HTTP and WebSocket on one port, health, metrics, and an ordered drain.
 *
 * `GET /health/live` 200 while the process turns; `GET /health/ready` 200, or 503 with what is missing; `GET /metrics` in Prometheus' text
 * format; everything else by the routes given.
 */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { correlationOf } from './correlation.ts'
import type { Logger } from './logger.ts'
import { refuse, send, sendJson } from './reply.ts'
import { hostRefusal, isLoopback, originRefusal } from './request-origin.ts'
import { openWebSockets, type SocketRoute } from './web-sockets.ts'

/** Answers one request. What it throws is logged and answered with 500, without its message. */
export type Route = (request: IncomingMessage, response: ServerResponse) => Promise<void> | void

export interface ServeOptions {
  readonly host: string
  /** 0 takes a free one */
  readonly port: number
  /** By path; a path that ends in `/` also answers everything below it. */
  readonly routes: Readonly<Record<string, Route>>
  /** By path. */
  readonly sockets?: Readonly<Record<string, SocketRoute>>
  /** What is missing before this process can do its work, in words; empty when ready. */
  readonly missing: () => Promise<readonly string[]>
  /** Prometheus' text format. */
  readonly metrics: () => Promise<string>
  readonly logger: Logger
  /** ms of serving on between "not ready" and the first close, so that a balancer can turn away; 500 unless told, 0 when nobody is connected */
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

/** Listens, or rejects when the address is taken. Disposing drains: not ready → serve on for a moment → close WebSockets → finish what is in flight → close. */
export async function serve(options: ServeOptions): Promise<Served> {
  const { host, port, missing, metrics, logger } = options
  const { drainDelayMs = 500, drainSpreadMs = 2_000, drainDeadlineMs = 8_000, headersTimeoutMs = 10_000 } = options
  const isFenced = isLoopback(host)
  let draining = false
  let inFlight = 0
  const find = router({
    ...options.routes,
    '/health/live': (_, response) => sendJson(response, 200, { status: 'live' }),
    '/health/ready': async (_, response) => {
      const lacks = draining ? ['The process is shutting down.'] : await missing()
      sendJson(response, lacks.length === 0 ? 200 : 503, { status: lacks.length === 0 ? 'ready' : 'not ready', missing: lacks })
    },
    '/metrics': async (_, response) => send(response, 200, 'text/plain; version=0.0.4; charset=utf-8', await metrics()),
  })
  const sockets = openWebSockets(options.sockets ?? {}, logger)

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
      inFlight += 1
      response.on('close', () => {
        inFlight -= 1
        if (isClosing) setImmediate(cutIdle)
      })
      response.on('error', err => logger.debug({ err }, 'The client went away'))
      const refusal = (isFenced ? hostRefusal(request) : undefined) ?? originRefusal(request)
      if (refusal !== undefined) return refuse(response, refusal, { connection: 'close' })
      const route = find(pathOf(request))
      if (route === undefined) return refuse(response, { status: 404, code: 'NOT_FOUND', message: 'There is nothing here.' })
      void (async () => route(request, response))().catch((err: unknown) => {
        if (request.destroyed && !request.complete) return logger.debug({ err }, 'The client went away')
        const correlationId = correlationOf(request.headers)
        logger.error({ err, correlationId, path: request.url }, 'A request failed')
        refuse(response, { status: 500, code: 'INTERNAL_SERVER_ERROR', message: 'The request failed.', extensions: { correlationId } })
      })
    },
  )
  server.on('upgrade', (request: IncomingMessage, stream: Socket, head: Buffer) => {
    const refusal = (isFenced ? hostRefusal(request) : undefined) ?? originRefusal(request, true)
    if (refusal !== undefined) sockets.refuse(request, stream, refusal)
    else sockets.accept(request, pathOf(request), stream, head)
  })
  // Many clients come back at once after a restart; what the queue of the system does not hold waits for a second.
  server.listen({ port, host, backlog: 4_096 })
  await once(server, 'listening')
  const address = server.address() as AddressInfo

  let isClosing = false
  // Node's closeIdleConnections spares a connection on which no request ever came, such as a client's spare one: it would hold the drain up.
  const cutIdle = (): void => {
    if (inFlight === 0) server.closeAllConnections()
    else server.closeIdleConnections()
  }
  const drain = async (): Promise<void> => {
    draining = true
    sockets.refuseMore()
    const late = setTimeout(() => {
      logger.warn('Not everything was finished in time; cutting the rest')
      sockets.cut()
      server.closeAllConnections()
    }, drainDeadlineMs)
    // Shares of the deadline, so that a short one leaves time for what is in flight.
    const delayMs = Math.min(drainDelayMs, drainDeadlineMs / 4)
    if (delayMs > 0 && (await hasConnections(server))) await new Promise(resolve => setTimeout(resolve, delayMs))
    // Until then the listener answers, so that "not ready" can still be asked for.
    await sockets.close(Math.min(drainSpreadMs, drainDeadlineMs / 2))
    const closed = once(server, 'close')
    server.close()
    isClosing = true
    cutIdle()
    await closed
    clearTimeout(late)
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

function hasConnections(server: Server): Promise<boolean> {
  return new Promise(resolve => server.getConnections((error, count) => resolve(error !== null || count > 0)))
}

function pathOf({ url = '/' }: IncomingMessage): string {
  const end = url.search(/[?#]/)
  return end === -1 ? url : url.slice(0, end)
}

/** Finds the route of a path: the path itself, else the longest `prefix/` that it starts with. */
function router(routes: Readonly<Record<string, Route>>): (path: string) => Route | undefined {
  const exact = new Map(Object.entries(routes))
  const prefixes = [...exact.keys()].filter(path => path.endsWith('/') && path !== '/').sort((a, b) => b.length - a.length)
  return path => exact.get(path) ?? exact.get(prefixes.find(prefix => path.startsWith(prefix)) ?? '')
}
