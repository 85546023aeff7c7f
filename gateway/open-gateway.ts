/** The gateway: one supergraph, one endpoint, over HTTP and WebSocket; subgraphs in this process or in others. */
import type { Registry } from 'prom-client'
import type { Logger } from '#runtime/logger.ts'
import type { Route } from '#runtime/serve.ts'
import type { RequestContext, Subgraph } from '#runtime/subgraph.ts'
import type { SocketRoute } from '#runtime/web-sockets.ts'
import { createBreaker } from './breaker.ts'
import { openExecution } from './execution.ts'
import { openFanOut } from './fan-out.ts'
import { createGatewayMetrics, type GatewayMetrics } from './gateway-metrics.ts'
import { openHttpRoute } from './http.ts'
import { inProcessSubgraph } from './in-process-subgraph.ts'
import { DEFAULT_LIMITS, type Limits } from './limits.ts'
import { readOperations } from './operations.ts'
import { remoteSubgraph } from './remote-subgraph.ts'
import { createRetryBudget } from './retry-budget.ts'
import { stitch } from './stitching.ts'
import type { SubgraphTarget } from './subgraph-target.ts'
import { readSupergraph } from './supergraph.ts'
import { createTurn } from './turn.ts'
import { webSocketRoute } from './websocket.ts'

export type GatewaySubgraph<Context extends RequestContext = RequestContext> =
  /** of this process; stays open when the gateway closes */
  | { readonly name: string; readonly subgraph: Subgraph<Context> }
  /** of another process */
  | { readonly name: string; readonly url: string; readonly wsUrl: string }

export interface GatewayOptions {
  /** SDL, composed */
  readonly supergraph: string
  /** One for each subgraph of the supergraph, by its name there. */
  // biome-ignore lint/suspicious/noExplicitAny: each subgraph has a context of its own, which only it makes and reads
  readonly subgraphs: readonly GatewaySubgraph<any>[]
  readonly logger: Logger
  readonly registry: Registry
  readonly limits?: Partial<Limits>
  /** Whether clients may ask for the schema, and get suggestions with a misspelt field; true unless told. */
  readonly introspection?: boolean
  /** How long a client may take to introduce itself on a WebSocket; 5,000 unless told. */
  readonly connectionInitMs?: number
  /** Bytes that may wait for one connection before it leaves the shared streams; 1 MiB unless told. */
  readonly backlogBytes?: number
}

/** To be served: `serve({ routes: gateway.routes, sockets: gateway.sockets, missing: gateway.missing, ... })`. */
export interface Gateway extends AsyncDisposable {
  /** `/graphql` */
  readonly routes: Readonly<Record<string, Route>>
  readonly sockets: Readonly<Record<string, SocketRoute>>
  readonly missing: () => Promise<readonly string[]>
}

export const GRAPHQL_PATH = '/graphql'

/** @throws Error when the supergraph cannot be read or one of its subgraphs is not configured */
export async function openGateway(options: GatewayOptions): Promise<Gateway> {
  const { logger, registry, introspection = true, connectionInitMs, backlogBytes } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const metrics = createGatewayMetrics(registry)
  const supergraph = readSupergraph(options.supergraph)
  const targets = new Map(options.subgraphs.map(subgraph => [subgraph.name, metrics.timed(openTarget(subgraph, logger, metrics))]))
  const schema = stitch(supergraph, targets)
  const operations = readOperations({ schema, supergraph, limits, introspection })
  const execution = openExecution(schema, targets)
  const turn = createTurn()
  const fanOut = openFanOut({ execution, turn, logger, active: metrics.activeSubscriptions, backlogBytes })
  const http = await openHttpRoute({ operations, execution, limits, metrics, logger, idePath: '/ide/' })

  return {
    routes: { [GRAPHQL_PATH]: http.route },
    sockets: { [GRAPHQL_PATH]: webSocketRoute({ operations, execution, fanOut, turn, limits, metrics, logger, connectionInitMs }) },
    missing: async () => (await Promise.all([...targets.values()].map(target => target.missing()))).flat(),
    [Symbol.asyncDispose]: async () => {
      await http[Symbol.asyncDispose]()
      await fanOut[Symbol.asyncDispose]()
      await Promise.all([...targets.values()].map(target => target[Symbol.asyncDispose]()))
    },
  }
}

function openTarget(subgraph: GatewaySubgraph, logger: Logger, metrics: GatewayMetrics): SubgraphTarget {
  if ('subgraph' in subgraph) return inProcessSubgraph(subgraph.subgraph)
  const { name, url, wsUrl } = subgraph
  metrics.breakerBecame(name, 'closed')
  const breaker = createBreaker({
    onChange: state => {
      logger.warn({ subgraph: name, state }, 'The circuit breaker of a subgraph changed')
      metrics.breakerBecame(name, state)
    },
  })
  return remoteSubgraph({ name, url, wsUrl, logger, breaker, budget: createRetryBudget() })
}
