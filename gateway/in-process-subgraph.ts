/** A subgraph of this process: executed on its schema, without a byte copied. */
import { createSourceEventStream, type DocumentNode, execute, type GraphQLError, validate } from 'graphql'
import type { RequestContext, Subgraph } from '#runtime/subgraph.ts'
import { mapEvents } from './event-stream.ts'
import type { SubgraphTarget } from './subgraph-target.ts'

/** Disposing it leaves the subgraph open: it belongs to who opened it. */
export function inProcessSubgraph<Context extends RequestContext>(subgraph: Subgraph<Context>): SubgraphTarget {
  const { name, schema } = subgraph
  const checked = new WeakMap<DocumentNode, readonly GraphQLError[]>()
  const errorsOf = (document: DocumentNode) => {
    // The gateway's scalars take any literal; only the subgraph's know what a DateTime is.
    const errors = checked.get(document) ?? validate(schema, document)
    checked.set(document, errors)
    return errors
  }

  return {
    name,
    execute: async ({ document, variables, correlationId, isGenerated }) => {
      const errors = isGenerated ? [] : errorsOf(document)
      if (errors.length > 0) return { errors }
      return execute({ schema, document, variableValues: variables, contextValue: subgraph.context({ correlationId }) })
    },
    subscribe: async ({ document, variables, correlationId, isGenerated }) => {
      const errors = isGenerated ? [] : errorsOf(document)
      if (errors.length > 0) return { errors }
      const call = { schema, document, variableValues: variables }
      const source = await createSourceEventStream({ ...call, contextValue: subgraph.context({ correlationId }) })
      if (!(Symbol.asyncIterator in source)) return source
      return mapEvents(source, rootValue => execute({ ...call, rootValue, contextValue: subgraph.context({ correlationId }) }))
    },
    missing: () => subgraph.missing(),
    [Symbol.asyncDispose]: async () => {},
  }
}
