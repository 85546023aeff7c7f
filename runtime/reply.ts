/** Answers of the plain HTTP layer: JSON in the shape of a GraphQL response, so that one client code reads every refusal. */
import type { ServerResponse } from 'node:http'
import { correlationOf } from './correlation.ts'
import { adviceOf, isErrorCode } from './errors.ts'

/** What is told when a request does not get as far as GraphQL. `code` goes into `extensions.code`. */
export interface Refusal {
  readonly status: number
  readonly code: string
  readonly message: string
  /** more of `extensions`; `retryable` is false unless the code's row of the error table or this says otherwise */
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
  sendJson(response, refusal.status, refusalBody(refusal, correlationOf(response.req.headers)), headers)
}

/** The body of a refusal; every one of them carries `code`, `retryable` and `correlationId`. */
export function refusalBody({ code, message, extensions }: Refusal, correlationId: string): object {
  const row = isErrorCode(code) ? adviceOf(code) : { retryable: false }
  return { errors: [{ message, extensions: { code, ...row, correlationId, ...extensions } }] }
}
