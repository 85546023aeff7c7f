/**
 * The request that nearly all clients send: POST, JSON, and an Accept header of the well-known few. It is answered without asking Apollo
 * Server how, which saves nearly half of what a small request costs. Whatever is unusual in any way is Apollo's to judge.
 */
import type { IncomingHttpHeaders } from 'node:http'

export interface UsualRequest {
  readonly text: string
  readonly operationName: string | null | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly mediaType: MediaType
}

export const MEDIA_TYPES = {
  /** with status codes that tell of GraphQL */
  response: 'application/graphql-response+json; charset=utf-8',
  /** 200 for whatever is well-formed */
  json: 'application/json; charset=utf-8',
} as const
export type MediaType = keyof typeof MEDIA_TYPES

const USUAL_ACCEPTS: ReadonlyMap<string | undefined, MediaType> = new Map<string | undefined, MediaType>([
  [undefined, 'json'],
  ['*/*', 'json'],
  ['application/json', 'json'],
  ['application/json, */*', 'json'],
  ['application/json, text/plain, */*', 'json'],
  ['application/graphql-response+json', 'response'],
  ['application/graphql-response+json, application/json', 'response'],
  ['application/graphql-response+json, application/json;q=0.9', 'response'],
  ['application/graphql-response+json,application/json;q=0.9', 'response'],
])

/** `body` is the parsed body of a POST. Undefined for anything unusual. */
export function usualRequest(headers: IncomingHttpHeaders, body: unknown): UsualRequest | undefined {
  const mediaType = USUAL_ACCEPTS.get(headers.accept)
  if (mediaType === undefined || !isJson(headers['content-type']) || !isRecord(body)) return undefined
  const { query, variables, operationName, extensions } = body
  if (typeof query !== 'string' || query === '' || extensions !== undefined) return undefined
  if (!(variables === undefined || variables === null || isRecord(variables))) return undefined
  if (!(operationName === undefined || operationName === null || typeof operationName === 'string')) return undefined
  return { text: query, operationName, variables: variables ?? {}, mediaType }
}

/** A content type that browsers do not let pages send to other sites without asking first. */
export function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType)
}

/** Whether the client accepts the media type whose status codes tell of GraphQL. */
export function acceptsResponseType(accept: string | undefined): boolean {
  return accept?.includes('application/graphql-response+json') === true
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
