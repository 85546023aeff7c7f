/** The HTTP side of the endpoint. */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { HeaderMap } from '@apollo/server'
import type { GraphQLError } from 'graphql'
import { clientError } from '#runtime/client-error.ts'
import { refuse, send } from '#runtime/reply.ts'
import { readJsonBody } from '#runtime/request-body.ts'
import type { Route } from '#runtime/serve.ts'
import { startApollo } from './apollo.ts'
import { type Answering, answerHttp, type HttpAnswer } from './http-answer.ts'
import type { Limits } from './limits.ts'
import { acceptsResponseType, isJson, MEDIA_TYPES, type MediaType, usualRequest } from './usual-request.ts'

export interface HttpOptions extends Answering {
  readonly limits: Limits
  /** Where browsers are sent that ask for a page. */
  readonly idePath: string
}

const WRONG_METHOD = { status: 405, code: 'BAD_REQUEST', message: 'Operations are sent by POST, or queries by GET.' } as const

export async function openHttpRoute(options: HttpOptions): Promise<{ readonly route: Route } & AsyncDisposable> {
  const { operations, limits, metrics, logger, idePath } = options
  const apollo = await startApollo(options)

  const route: Route = async (request, response) => {
    const { method = 'GET', headers } = request
    if (method !== 'GET' && method !== 'POST') return refuse(response, WRONG_METHOD, { allow: 'GET, POST' })
    const search = searchOf(request)
    if (method === 'GET' && search === '' && headers.accept?.includes('text/html')) {
      response.writeHead(302, { location: idePath, 'content-length': 0 }).end()
      return
    }
    let body: unknown
    if (method === 'POST') {
      const read = await readJsonBody(request, limits.bodyBytes)
      if (!read.ok) {
        metrics.refused(read.refusal.code)
        return refuse(response, read.refusal, read.refusal.status === 413 ? { connection: 'close' } : {})
      }
      if (Array.isArray(read.value)) {
        return refuse(response, {
          status: 400,
          code: 'BAD_REQUEST',
          message: 'Batches of operations are not accepted; send one at a time.',
        })
      }
      body = isJson(headers['content-type']) ? read.value : undefined
    }

    const usual = method === 'POST' ? usualRequest(headers, body) : undefined
    const text = usual?.text ?? (method === 'POST' ? queryOf(body) : (new URLSearchParams(search).get('query') ?? ''))
    const document = text === '' ? undefined : operations.document(text)
    if (document?.ok === false) return refuseDocument(request, response, document.errors)
    if (usual !== undefined && document?.ok) {
      const { operationName, variables, mediaType } = usual
      const correlationId = correlationOf(request)
      return reply(response, mediaType, await answerHttp(options, { document: document.value, operationName, variables, correlationId }))
    }
    await askApollo(request, response, { method, search, body })
  }

  async function askApollo(
    request: IncomingMessage,
    response: ServerResponse,
    { method, search, body }: { readonly method: string; readonly search: string; readonly body: unknown },
  ): Promise<void> {
    const answered = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: headerMap(request), search, body },
      context: async () => ({ correlationId: correlationOf(request) }),
    })
    if (answered.body.kind !== 'complete') throw new Error('An answer in parts is not expected')
    const { 'content-type': type = MEDIA_TYPES.json, 'content-length': _, ...more } = Object.fromEntries(answered.headers)
    send(response, answered.status ?? 200, type, answered.body.string, more)
  }

  function refuseDocument(request: IncomingMessage, response: ServerResponse, refusals: readonly GraphQLError[]): void {
    const correlationId = correlationOf(request)
    const errors = refusals.map(error => clientError(error, { correlationId, logger }))
    metrics.refused(String(errors[0]?.extensions?.['code']))
    reply(response, acceptsResponseType(request.headers.accept) ? 'response' : 'json', { errors })
  }

  return { route, [Symbol.asyncDispose]: () => apollo.stop() }
}

/** An operation that was not executed is 400 for clients that know what that means, 200 for the others. */
function reply(response: ServerResponse, mediaType: MediaType, answer: HttpAnswer): void {
  const status = answer.data === undefined && mediaType === 'response' ? 400 : 200
  send(response, status, MEDIA_TYPES[mediaType], JSON.stringify(answer))
}

function searchOf({ url = '/' }: IncomingMessage): string {
  const begin = url.indexOf('?')
  return begin === -1 ? '' : url.slice(begin)
}

function queryOf(body: unknown): string {
  const query = typeof body === 'object' && body !== null && 'query' in body ? body.query : undefined
  return typeof query === 'string' ? query : ''
}

function headerMap({ headers }: IncomingMessage): HeaderMap {
  const map = new HeaderMap()
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) map.set(name, Array.isArray(value) ? value.join(', ') : value)
  }
  return map
}

/** A client's own id if it is harmless in a log line. */
function correlationOf({ headers }: IncomingMessage): string {
  const given = headers['x-correlation-id']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}
