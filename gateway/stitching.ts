/**
 * The stitched schema: answers operations that need several subgraphs, with the least surprise and not the greatest speed.
 *
 * Two traps of the library are avoided here. It keeps entity loaders by context, and a subscription has one context for its life, so that
 * stale entities and failed fetches would be repeated for ever: loaders keep nothing, and every event is executed with a context of its
 * own. An entity returned straight from a subscription's root is never completed from other subgraphs: supergraphs return a wrapper
 * (`PoiChange { poi }`) there.
 */
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation'
import type { ExecutionRequest } from '@graphql-tools/utils'
import { type ExecutionResult, type GraphQLSchema, OperationTypeNode } from 'graphql'
import { isEventStream, iterate } from './event-stream.ts'
import type { SubgraphTarget } from './subgraph-target.ts'
import type { Supergraph } from './supergraph.ts'

/** What a stitched execution's context holds. A new object for every operation and every event. */
export interface StitchingContext {
  readonly correlationId: string
}

/** The public schema, executable. @throws Error when a subgraph of the supergraph has no target */
export function stitch(supergraph: Supergraph, targets: ReadonlyMap<string, SubgraphTarget>): GraphQLSchema {
  return getStitchedSchemaFromSupergraphSdl({
    supergraphSdl: supergraph.document,
    batchDelegateOptions: { cache: false },
    onSubschemaConfig: config => {
      const entry = supergraph.subgraphs.find(({ graph }) => graph === config.name)
      const target = entry === undefined ? undefined : targets.get(entry.name)
      if (target === undefined) throw new Error(`The supergraph has a subgraph ${config.name} that is not configured.`)
      config.executor = executorOf(target)
    },
  })
}

/** The library's executor type promises any result and context to its caller; what it gets is a plain execution result. */
function executorOf(target: SubgraphTarget) {
  // biome-ignore lint/suspicious/noExplicitAny: the type of @graphql-tools/utils' Executor
  return async (request: ExecutionRequest<any, any>): Promise<any> => {
    const { document, variables, context, operationType } = request
    const type = operationType ?? OperationTypeNode.QUERY
    const { correlationId } = context as StitchingContext
    const call = { type, document, variables: variables ?? {}, correlationId, isGenerated: true }
    if (type !== 'subscription') return target.execute(call)
    const stream = await target.subscribe(call)
    return isEventStream<ExecutionResult>(stream) ? iterate(stream) : stream
  }
}
