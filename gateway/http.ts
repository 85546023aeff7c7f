/**
 * GraphQL over HTTP: Apollo Server keeps the protocol (GET and POST, Accept, CSRF prevention, status codes); reading and executing
 * operations is ours. https://graphql.github.io/graphql-over-http
 */
import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ApolloServer, HeaderMap } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql'
import { clientError } from '#runtime/client-error.ts'
import type { Logger } from '#runtime/logger.ts'
import { refuse, send } from '#runtime/reply.ts'
import { readJsonBody } from '#runtime/request-body.ts'
import type { Route } from '#runtime/serve.ts'
import type { Execution } from './execution.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import type { Limits } from './limits.ts'
import type { Operations } from './operations.ts'

export interface HttpOptions {
  readonly operations: Operations
  readonly execution: Execution
  readonly limits: Limits
  readonly metrics: GatewayMetrics
  readonly logger: Logger
  /** Where browsers are sent that ask for a page. */
  readonly idePath: string
}

interface RequestContext {
  readonly correlationId: string
}

/** An error that has been masked already. */
class MaskedError extends GraphQLError {
  readonly formatted: GraphQLFormattedError

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message, { path: formatted.path ?? null, extensions: formatted.extensions ?? null })
    this.formatted = formatted
  }
}

/** Apollo's plugin and gateway types are wider than what is used of them here. */
export async function openHttpRoute(options: HttpOptions): Promise<{ readonly route: Route } & AsyncDisposable> {
  const { operations, execution, limits, metrics, logger, idePath } = options
  const answer = async (
    document: DocumentNode,
    operationName: string | undefined,
    variables: Record<string, unknown>,
    { correlationId }: RequestContext,
  ): Promise<ExecutionResult> => {
    const masked = (errors: readonly GraphQLError[]) => errors.map(error => new MaskedError(clientError(error, { correlationId, logger })))
    const selected = operations.select(document, operationName)
    if (!selected.ok) return { errors: masked(selected.errors) }
    const operation = selected.value
    if (operation.type === 'subscription') return { errors: masked([subscriptionsElsewhere()]) }
    const faults = operation.sizeFaults(variables)
    const result = await metrics.observe(
      operation.type,
      faults.length > 0 ? Promise.resolve({ errors: faults }) : execution.execute(operation, variables, correlationId),
    )
    return result.errors === undefined ? result : { ...result, errors: masked(result.errors) }
  }

  const apollo = new ApolloServer<RequestContext>({
    gateway: {
      load: async () => ({
        executor: async ({ document, request, context }) =>
          answer(document, request.operationName, request.variables ?? {}, context as RequestContext),
      }),
      onSchemaLoadOrUpdate: tell => {
        tell({ apiSchema: operations.schema, coreSupergraphSdl: '' })
        return () => {}
      },
      stop: async () => {},
    },
    // Documents were read before Apollo is asked; it finds them here by "schema hash:document hash" and does not read them again.
    documentStore: {
      get: async key => operations.documentOfHash(key.slice(key.lastIndexOf(':') + 1)),
      set: async () => {},
      delete: async () => true,
    },
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger: {
      debug: text => logger.debug(text),
      info: text => logger.debug(text),
      warn: text => logger.warn(text),
      error: text => logger.error(text),
    },
    stringifyResult: result => JSON.stringify(result),
    formatError: (_, error) =>
      error instanceof MaskedError
        ? error.formatted
        : clientError(error instanceof GraphQLError ? error : new GraphQLError(String(error)), { correlationId: randomUUID(), logger }),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      {
        requestDidStart: async () => ({
          willSendResponse: async ({ request, response, errors }) => {
            // Clients of the older media type know 4xx only for requests that are not well-formed.
            const isWellFormed = errors?.every(({ extensions }) => extensions['code'] !== 'BAD_REQUEST') === true
            if (response.http.status === 400 && isWellFormed && !knowsStatus(request.http?.headers.get('accept')))
              response.http.status = 200
          },
        }),
      },
    ],
  })
  await apollo.start()

  const route: Route = async (request, response) => {
    const { method = 'GET', headers } = request
    const search = (request.url ?? '').includes('?') ? (request.url ?? '').slice((request.url ?? '').indexOf('?')) : ''
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
    const text = method === 'POST' ? queryOf(body) : (new URLSearchParams(search).get('query') ?? undefined)
    const read = text ? operations.document(text) : undefined
    if (read?.ok === false) return refuseOperation(request, response, read.errors)
    const answered = await apollo.executeHTTPGraphQLRequest({
      httpGraphQLRequest: { method, headers: headerMap(request), search, body },
      context: async () => ({ correlationId: correlationOf(request) }),
    })
    if (answered.body.kind !== 'complete') throw new Error('An answer in parts is not expected')
    const { 'content-type': type = 'application/json; charset=utf-8', 'content-length': _, ...more } = Object.fromEntries(answered.headers)
    send(response, answered.status ?? 200, type, answered.body.string, more)
  }
  return { route, [Symbol.asyncDispose]: () => apollo.stop() }

  /** A document that cannot be executed: 400 for clients that know what that means, 200 for the others. */
  function refuseOperation(request: IncomingMessage, response: ServerResponse, errors: readonly GraphQLError[]): void {
    const { accept } = request.headers
    const shown = errors.map(error => clientError(error, { correlationId: correlationOf(request), logger }))
    metrics.refused(String(shown[0]?.extensions?.['code']))
    const type = knowsStatus(accept) ? 'application/graphql-response+json' : 'application/json'
    send(response, knowsStatus(accept) ? 400 : 200, `${type}; charset=utf-8`, JSON.stringify({ errors: shown }))
  }
}

/** Whether the client accepts the media type whose status codes tell of GraphQL. */
function knowsStatus(accept: string | undefined): boolean {
  return accept?.includes('application/graphql-response+json') === true
}

function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^application\/json\s*(;|$)/i.test(contentType)
}

function queryOf(body: unknown): string | undefined {
  const query = typeof body === 'object' && body !== null && 'query' in body ? body.query : undefined
  return typeof query === 'string' ? query : undefined
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

function subscriptionsElsewhere(): GraphQLError {
  return new GraphQLError('Subscriptions are served over WebSocket (graphql-transport-ws) at the same path.', {
    extensions: { code: 'BAD_REQUEST' },
  })
}
