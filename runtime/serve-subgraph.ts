/** One subgraph, served by a process of its own: GraphQL over HTTP (POST) and WebSocket (graphql-transport-ws), for gateways. */
import { randomUUID } from 'node:crypto'
import {
  createSourceEventStream,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  GraphQLError,
  getOperationAST,
  parse,
  validate,
} from 'graphql'
import { CloseCode, handleProtocols, makeServer } from 'graphql-ws'
import { asGraphQLError, clientError } from './client-error.ts'
import { correlationOf } from './correlation.ts'
import type { Logger } from './logger.ts'
import { nestingOf } from './nesting.ts'
import { refuse, send } from './reply.ts'
import { readJsonBody } from './request-body.ts'
import type { Route } from './serve.ts'
import type { RequestContext, Subgraph } from './subgraph.ts'
import type { SocketRoute } from './web-sockets.ts'

export interface SubgraphEndpoint {
  readonly routes: Readonly<Record<string, Route>>
  readonly sockets: Readonly<Record<string, SocketRoute>>
}

const PATH = '/graphql'
/** A gateway's request can be larger than a client's: it carries representations and hidden fields beside the variables. */
const BODY_BYTES = 4 * 1_048_576
const MAX_TOKENS = 50_000
/** More than a gateway lets through, because it may wrap what it got. */
const MAX_NESTING = 200
/** Documents come from gateways, which send few different ones. */
const KEPT_DOCUMENTS = 500

/** Errors are masked as at the gateway; the correlation id comes with the request (`x-correlation-id`, or `extensions.correlationId`). */
export function subgraphEndpoint<Context extends RequestContext>(subgraph: Subgraph<Context>, logger: Logger): SubgraphEndpoint {
  const { schema } = subgraph
  const documents = new Map<string, DocumentNode | readonly GraphQLError[]>()

  function read(text: string): DocumentNode | readonly GraphQLError[] {
    const known = documents.get(text)
    if (known !== undefined) return known
    const document = parseAndValidate(text)
    const [oldest] = documents.keys()
    if (documents.size >= KEPT_DOCUMENTS && oldest !== undefined) documents.delete(oldest)
    documents.set(text, document)
    return document
  }

  function parseAndValidate(text: string): DocumentNode | readonly GraphQLError[] {
    if (nestingOf(text) > MAX_NESTING) {
      return [coded(new GraphQLError(`Brackets are nested in more than ${MAX_NESTING} levels.`), 'QUERY_TOO_DEEP')]
    }
    try {
      const document = parse(text, { maxTokens: MAX_TOKENS })
      const errors = validate(schema, document)
      return errors.length === 0 ? document : errors.map(error => coded(error, 'GRAPHQL_VALIDATION_FAILED'))
    } catch (error) {
      // Also thrown by validation, for a condition with a variable on a subscription's root field.
      return [coded(asGraphQLError(error), 'GRAPHQL_PARSE_FAILED')]
    }
  }

  const masked = (result: ExecutionResult, correlationId: string) =>
    result.errors === undefined ? result : { ...result, errors: result.errors.map(error => clientError(error, { correlationId, logger })) }

  const http: Route = async (request, response) => {
    if (request.method !== 'POST') return refuse(response, { status: 405, code: 'BAD_REQUEST', message: 'Send operations by POST.' })
    const body = await readJsonBody(request, BODY_BYTES)
    if (!body.ok) return refuse(response, body.refusal, body.refusal.status === 413 ? { connection: 'close' } : {})
    const { query, variables, operationName } = (body.value ?? {}) as {
      readonly query?: unknown
      readonly variables?: Record<string, unknown> | null
      readonly operationName?: string | null
    }
    if (typeof query !== 'string') return refuse(response, { status: 400, code: 'BAD_REQUEST', message: 'The body has no `query`.' })
    const correlationId = correlationOf(request.headers)
    const document = read(query)
    const result: ExecutionResult = isDocument(document)
      ? isSubscription(document, operationName)
        ? { errors: [new GraphQLError('Subscriptions are served over WebSocket.', { extensions: { code: 'BAD_REQUEST' } })] }
        : await execute({
            schema,
            document,
            operationName: operationName ?? null,
            variableValues: variables ?? null,
            contextValue: subgraph.context({ correlationId }),
          })
      : { errors: document }
    const status = result.data === undefined ? 400 : 200
    send(response, status, 'application/graphql-response+json; charset=utf-8', JSON.stringify(masked(result, correlationId)))
  }

  const server = makeServer({
    onSubscribe: (_, __, { query, variables, operationName, extensions }) => {
      const document = read(query)
      if (!isDocument(document)) return document
      const given = extensions?.['correlationId']
      const correlationId = typeof given === 'string' ? given : randomUUID()
      const contextValue = { correlationId } satisfies RequestContext
      return { schema, document, variableValues: variables, operationName, contextValue }
    },
    execute: args => execute({ ...args, contextValue: subgraph.context(args.contextValue as RequestContext) }),
    subscribe: args => eventsOf(args, subgraph),
    onNext: (_, __, ___, args, { data, errors }) => {
      if (errors === undefined) return
      const { correlationId } = args.contextValue as RequestContext
      return { data: data ?? null, errors: errors.map(error => clientError(error, { correlationId, logger })) }
    },
    onError: (_, __, ___, errors) => errors.map(error => clientError(error, { correlationId: randomUUID(), logger })),
  })

  const socket: SocketRoute = {
    protocol: handleProtocols,
    open: socket => {
      const closed = server.opened(
        {
          protocol: socket.protocol,
          // Resolves when the bytes are handed to the system, so that a gateway that does not read slows its subscription down.
          send: text => new Promise(resolve => (socket.readyState === socket.OPEN ? socket.send(text, () => resolve()) : resolve())),
          close: (code, reason) => socket.close(code, reason),
          onMessage: handle => {
            socket.on('message', data => {
              handle(String(data)).catch((err: unknown) => {
                logger.error({ err }, 'A message of a WebSocket could not be handled')
                socket.close(CloseCode.InternalServerError, 'Internal server error')
              })
            })
          },
        },
        {},
      )
      socket.once('close', (code, reason) => {
        closed(code, String(reason)).catch((err: unknown) => logger.error({ err }, 'A WebSocket was not cleaned up'))
      })
    },
  }
  return { routes: { [PATH]: http, ...subgraph.routes }, sockets: { [PATH]: socket } }
}

/** Every event is executed with a context of its own. `return` reaches the source even while it is waited for. */
async function eventsOf<Context extends RequestContext>(
  args: ExecutionArgs,
  subgraph: Subgraph<Context>,
): Promise<AsyncIterableIterator<ExecutionResult> | ExecutionResult> {
  const request = args.contextValue as RequestContext
  const source = await createSourceEventStream({ ...args, contextValue: subgraph.context(request) })
  if (!(Symbol.asyncIterator in source)) return source
  const iterator = source[Symbol.asyncIterator]()
  const events: AsyncIterableIterator<ExecutionResult> = {
    next: async () => {
      const step = await iterator.next()
      if (step.done === true) return { done: true, value: undefined }
      return { done: false, value: await execute({ ...args, rootValue: step.value, contextValue: subgraph.context(request) }) }
    },
    return: async () => {
      await iterator.return?.()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return events
    },
  }
  return events
}

function isDocument(read: DocumentNode | readonly GraphQLError[]): read is DocumentNode {
  return 'kind' in read
}

function isSubscription(document: DocumentNode, operationName: string | null | undefined): boolean {
  return getOperationAST(document, operationName)?.operation === 'subscription'
}

function coded({ message, nodes, source, positions }: GraphQLError, code: string): GraphQLError {
  return new GraphQLError(message, { nodes: nodes ?? null, source, positions, extensions: { code } })
}
