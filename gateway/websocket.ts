/**
 * GraphQL over WebSocket (graphql-transport-ws). The library keeps the protocol: handshake, ids, completion, close codes 4400, 4401, 4403,
 * 4406, 4408, 4409, 4429. Events go around it, see `fan-out.ts`.
 */
import { randomUUID } from 'node:crypto'
import type { ExecutionArgs, ExecutionResult, GraphQLError, GraphQLFormattedError } from 'graphql'
import { CloseCode, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws'
import { asGraphQLError, clientError } from '#runtime/client-error.ts'
import type { Logger } from '#runtime/logger.ts'
import type { SocketRoute } from '#runtime/web-sockets.ts'
import { type Connection, openConnection } from './connection.ts'
import type { Execution } from './execution.ts'
import type { FanOut } from './fan-out.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import { type Limits, refusal } from './limits.ts'
import type { Operation, Operations } from './operations.ts'
import type { Turn } from './turn.ts'

/** ms that a client may take to say connection_init */
const CONNECTION_INIT_MS = 5_000

/** What one operation on a socket is executed with; travels as the library's context value. */
interface Call {
  readonly id: string
  readonly text: string
  readonly operation: Operation
  readonly connection: Connection
  readonly correlationId: string
}

export function webSocketRoute({
  operations,
  execution,
  fanOut,
  turn,
  limits,
  metrics,
  logger,
  connectionInitMs = CONNECTION_INIT_MS,
}: {
  readonly operations: Operations
  readonly execution: Execution
  readonly fanOut: FanOut
  readonly turn: Turn
  readonly limits: Limits
  readonly metrics: GatewayMetrics
  readonly logger: Logger
  readonly connectionInitMs?: number | undefined
}): SocketRoute {
  const masked = (errors: readonly GraphQLError[], correlationId: string): readonly GraphQLFormattedError[] =>
    errors.map(error => clientError(error, { correlationId, logger }))

  function begin(id: string, payload: SubscribePayload, connection: Connection): ExecutionArgs | readonly GraphQLError[] {
    const { query: text, variables } = payload
    const read = operations.document(text)
    if (!read.ok) return read.errors
    const selected = operations.select(read.value, payload.operationName)
    if (!selected.ok) return selected.errors
    const operation = selected.value
    const faults = operation.sizeFaults(variables ?? {})
    if (faults.length > 0) return faults
    const contextValue: Call = { id, text, operation, connection, correlationId: correlationOf(payload) }
    return { schema: operations.schema, document: operation.document, variableValues: variables ?? null, contextValue }
  }

  const server = makeServer<Record<string, unknown>, { readonly connection: Connection }>({
    connectionInitWaitTimeout: connectionInitMs,
    onSubscribe: ({ subscriptions, extra: { connection } }, id, payload) => {
      if (Object.keys(subscriptions).length > limits.subscriptionsPerSocket) return [tooMany(limits)]
      try {
        return begin(id, payload, connection)
      } catch (error) {
        // It is the fault of one operation: the others of the connection go on.
        return [asGraphQLError(error)]
      }
    },
    execute: async args => {
      const { operation, correlationId } = callOf(args)
      return await metrics.observe(operation.type, execution.execute(operation, args.variableValues ?? {}, correlationId))
    },
    subscribe: async args => {
      const call = callOf(args)
      const begun = await metrics.observe(call.operation.type, fanOut.subscribe({ ...call, variables: args.variableValues ?? {} }))
      return begun as AsyncIterableIterator<never> | ExecutionResult
    },
    onNext: (_, __, ___, args, { data, errors }) =>
      errors === undefined ? undefined : { data: data ?? null, errors: masked(errors as GraphQLError[], callOf(args).correlationId) },
    onError: (_, __, payload, errors) => masked(errors, correlationOf(payload)),
  })

  return {
    protocol: handleProtocols,
    open: (socket, _request, stream) => {
      const connection = openConnection(socket, stream, turn)
      const closed = server.opened(
        {
          protocol: socket.protocol,
          send: text => connection.send(text),
          close: (code, reason) => connection.close(code, reason),
          onMessage: handle => {
            socket.on('message', data => {
              handle(String(data)).catch((err: unknown) => {
                logger.error({ err }, 'A message of a WebSocket could not be handled')
                connection.close(CloseCode.InternalServerError, 'Internal server error')
              })
            })
          },
        },
        { connection },
      )
      socket.once('close', (code, reason) => {
        closed(code, String(reason)).catch((err: unknown) => logger.error({ err }, 'A WebSocket was not cleaned up'))
      })
    },
  }
}

function callOf(args: ExecutionArgs): Call {
  return args.contextValue as Call
}

/** Clients may send their own id in `extensions.correlationId`; anything that could confuse a log line is replaced. */
function correlationOf({ extensions }: SubscribePayload): string {
  const given = extensions?.['correlationId']
  return typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID()
}

function tooMany({ subscriptionsPerSocket }: Limits): GraphQLError {
  return refusal('TOO_MANY_SUBSCRIPTIONS', `At most ${subscriptionsPerSocket} operations may run on one WebSocket; open another one.`)
}
