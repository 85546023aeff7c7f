/** One subgraph as the gateway uses it, in this process or in another. */
import type { DocumentNode, ExecutionResult, OperationTypeNode } from 'graphql'
import type { EventStream } from './event-stream.ts'
import type { Variables } from './live-subscription.ts'

export interface SubgraphRequest {
  readonly type: OperationTypeNode
  /** One operation and its fragments. The same object for the same text, so that what is known of it can be kept. */
  readonly document: DocumentNode
  readonly variables: Variables
  readonly correlationId: string
  /** Written by the stitcher, so it is known to fit; a client's document is checked against the subgraph's own scalars first. */
  readonly isGenerated?: boolean
}

export interface SubgraphTarget extends AsyncDisposable {
  readonly name: string
  /** Never rejects: a failure to reach the subgraph is an error of the result, SUBGRAPH_UNAVAILABLE or DEADLINE_EXCEEDED. */
  execute(request: SubgraphRequest): Promise<ExecutionResult>
  /**
   * The events of a subscription, or the reasons why there are none. Its `next` rejects with PoiError SUBGRAPH_UNAVAILABLE when the
   * subgraph is lost in the middle; nothing is read ahead of the consumer but a small bounded number of events.
   */
  subscribe(request: SubgraphRequest): Promise<EventStream<ExecutionResult> | ExecutionResult>
  /** What is missing before it can serve, in words. */
  missing(): Promise<readonly string[]>
}
