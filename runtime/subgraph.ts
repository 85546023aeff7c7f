import type { IncomingMessage, ServerResponse } from 'node:http'
import type { GraphQLSchema } from 'graphql'

/** What a subgraph knows of the one operation (or, in a subscription, the one event) that it serves. */
export interface RequestContext {
  /** finds this operation in the logs of every process */
  readonly correlationId: string
}

/**
 * A subgraph, opened: the same value is executed in process by the embedded gateway or served over HTTP and WebSocket by its own process.
 * `Context` adds what its resolvers share within one operation, such as DataLoaders.
 */
export interface Subgraph<Context extends RequestContext = RequestContext> extends AsyncDisposable {
  readonly name: string
  /** executable, with `_service` and (where it has entities) `_entities` */
  readonly schema: GraphQLSchema
  /** SDL with the federation directives, as it was composed */
  readonly sdl: string
  /** Fresh for every operation and every event of a subscription, so that nothing cached outlives what it answers. */
  readonly context: (request: RequestContext) => Context
  /** What is missing before it can serve, in words; empty when ready. */
  readonly missing: () => Promise<readonly string[]>
  /** Plain HTTP beside GraphQL, by path prefix (`/images/`). */
  readonly routes?: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => Promise<void>>>
}
