/** Executes operations by their plan: forwarded whole, by the gateway itself, or stitched. */
import { createSourceEventStream, type ExecutionResult, execute, type GraphQLSchema } from 'graphql'
import { type EventStream, mapEvents } from './event-stream.ts'
import type { Variables } from './live-subscription.ts'
import type { Operation } from './operations.ts'
import type { SubgraphTarget } from './subgraph-target.ts'

export interface Execution {
  /** A query or a mutation. Never rejects. */
  execute(operation: Operation, variables: Variables, correlationId: string): Promise<ExecutionResult>
  /** A subscription: its events from now on or, for one that can be resumed, from behind `after`; or why it cannot begin. */
  subscribe(
    operation: Operation,
    variables: Variables,
    correlationId: string,
    after?: unknown,
  ): Promise<EventStream<ExecutionResult> | ExecutionResult>
}

export function openExecution(stitched: GraphQLSchema, targets: ReadonlyMap<string, SubgraphTarget>): Execution {
  const targetOf = (operation: Operation): SubgraphTarget | undefined =>
    operation.plan.by === 'subgraph' ? targets.get(operation.plan.subgraph) : undefined

  return {
    execute: async (operation, variables, correlationId) => {
      const { type, document } = operation
      const target = targetOf(operation)
      if (target !== undefined) return target.execute({ type, document, variables, correlationId })
      return execute({ schema: stitched, document, variableValues: variables, contextValue: { correlationId } })
    },
    subscribe: async (operation, clientVariables, correlationId, after) => {
      const { live } = operation
      const document = live?.document ?? operation.document
      const variables = live?.variables(clientVariables, after) ?? clientVariables
      const target = targetOf(operation)
      if (target !== undefined) return target.subscribe({ type: operation.type, document, variables, correlationId })
      const call = { schema: stitched, document, variableValues: variables }
      const source = await createSourceEventStream({ ...call, contextValue: { correlationId } })
      if (!(Symbol.asyncIterator in source)) return source
      return mapEvents(source, rootValue => execute({ ...call, rootValue, contextValue: { correlationId } }))
    },
  }
}
