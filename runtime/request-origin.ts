/**
 * Who sends a browser here. Without authentication the loopback address is the only fence, and a page of another site could climb it: by
 * asking this host with a request of its own, or by giving its own name this address (DNS rebinding). Its headers betray both.
 */
import type { IncomingMessage } from 'node:http'
import type { Refusal } from './reply.ts'

/** A loopback name or address, as in a `Host` header, with or without a port. */
const LOOPBACK = /^(([\w-]+\.)*localhost\.?|127(\.\d{1,3}){3}|\[(::1|::ffff:127(\.\d{1,3}){3})\])(:\d+)?$/i

const READING: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS'])

/** Whether an address to listen on can only be reached from this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host.includes(':') ? `[${host}]` : host)
}

/** Why a request to a listener on a loopback address is refused, if it is. Programs that send neither header are let through. */
export function hostRefusal({ headers: { host } }: IncomingMessage): Refusal | undefined {
  if (host === undefined || LOOPBACK.test(host)) return undefined
  const message = 'Only requests to localhost, 127.0.0.1 or [::1] are answered here; the Host header names another host.'
  return { status: 421, code: 'FORBIDDEN', message }
}

/**
 * Why a request of another site's page is refused, if it is. Reading by plain requests is left to the same-origin policy of browsers, which
 * keeps the answer from the page; a WebSocket (`isSocket`) has no such policy.
 */
export function originRefusal({ method, headers: { origin, host } }: IncomingMessage, isSocket = false): Refusal | undefined {
  if (origin === undefined || (!isSocket && READING.has(method)) || hostOf(origin) === host?.toLowerCase()) return undefined
  return { status: 403, code: 'FORBIDDEN', message: 'Pages of other sites may not use this platform; the Origin header names another one.' }
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}
