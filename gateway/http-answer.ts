/** Answers an operation that came by HTTP: selected, checked by size, executed, masked. */
import { type DocumentNode, type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql'
import { clientError } from '#runtime/client-error.ts'
import type { Logger } from '#runtime/logger.ts'
import type { Execution } from './execution.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import type { Variables } from './live-subscription.ts'
import type { Operations } from './operations.ts'

/** As clients get it. `data` is undefined when nothing was executed. */
export interface HttpAnswer {
  readonly errors?: readonly GraphQLFormattedError[]
  readonly data?: ExecutionResult['data']
}

export interface HttpRequest {
  /** read by `operations` */
  readonly document: DocumentNode
  readonly operationName: string | null | undefined
  readonly variables: Variables
  readonly correlationId: string
}

export interface Answering {
  readonly operations: Operations
  readonly execution: Execution
  readonly metrics: GatewayMetrics
  readonly logger: Logger
}

export async function answerHttp(
  { operations, execution, metrics, logger }: Answering,
  { document, operationName, variables, correlationId }: HttpRequest,
): Promise<HttpAnswer> {
  const masked = (errors: readonly GraphQLError[]) => errors.map(error => clientError(error, { correlationId, logger }))
  const selected = operations.select(document, operationName)
  if (!selected.ok) return { errors: masked(selected.errors) }
  const operation = selected.value
  if (operation.type === 'subscription') return { errors: masked([subscriptionsElsewhere()]) }
  const faults = operation.sizeFaults(variables)
  const answering = faults.length > 0 ? Promise.resolve({ errors: faults }) : execution.execute(operation, variables, correlationId)
  const { data, errors }: ExecutionResult = await metrics.observe(operation.type, answering)
  // What went wrong is read before what went right.
  return errors === undefined ? { data } : { errors: masked(errors), data }
}

function subscriptionsElsewhere(): GraphQLError {
  return new GraphQLError('Subscriptions are served over WebSocket (graphql-transport-ws) at the same path.', {
    extensions: { code: 'BAD_REQUEST' },
  })
}
