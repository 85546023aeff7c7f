/** Answers of the plain HTTP layer: JSON in the shape of a GraphQL response, so that one client code reads every refusal. */
import type { ServerResponse } from 'node:http'

/** What is told when a request does not get as far as GraphQL. `code` goes into `extensions.code`. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  /** more of `extensions`, such as `retryable` */
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** Sends a text whole. Does nothing once the connection is gone or an answer has begun. */
export function send(
  response: ServerResponse,
  status: number,
  contentType: string,
  body: string | Uint8Array,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body), ...headers })
  response.end(body)
}

export function sendJson(response: ServerResponse, status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): void {
  send(response, status, 'application/json; charset=utf-8', JSON.stringify(value), headers)
}

export function refuse(response: ServerResponse, refusal: Refusal, headers: Readonly<Record<string, string>> = {}): void {
  const { status, code, message, extensions } = refusal
  sendJson(response, status, { errors: [{ message, extensions: { code, ...extensions } }] }, headers)
}
