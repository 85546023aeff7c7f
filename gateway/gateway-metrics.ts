/** What the gateway counts. Labels are bounded: codes come from closed tables. */
import type { ExecutionResult, OperationTypeNode } from 'graphql'
import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { isClientCode } from '#runtime/client-error.ts'
import { BREAKER_STATES, type BreakerState } from './breaker.ts'
import type { SubgraphTarget } from './subgraph-target.ts'

export interface GatewayMetrics {
  readonly activeSubscriptions: Gauge
  /** Counts and times an operation (of a subscription, its beginning) by its type and the code of its first error. */
  observe<Result extends object>(type: OperationTypeNode, answering: Promise<Result>): Promise<Result>
  /** An operation that was refused before it was known what it is. */
  refused(code: string): void
  /** The same target, timed. */
  timed(target: SubgraphTarget): SubgraphTarget
  breakerBecame(target: string, state: BreakerState): void
}

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

export function createGatewayMetrics(registry: Registry): GatewayMetrics {
  const registers = [registry]
  const requests = new Counter({
    name: 'poi_gateway_requests_total',
    help: 'Operations answered, by type and by the code of the first error (OK: none)',
    labelNames: ['operation_type', 'code'],
    registers,
  })
  const duration = new Histogram({
    name: 'poi_gateway_request_duration_seconds',
    help: 'Time to answer an operation',
    labelNames: ['operation_type'],
    buckets: SECONDS,
    registers,
  })
  const subgraphDuration = new Histogram({
    name: 'poi_gateway_subgraph_request_duration_seconds',
    help: 'Time of a subgraph to answer a query or a mutation',
    labelNames: ['subgraph'],
    buckets: SECONDS,
    registers,
  })
  const activeSubscriptions = new Gauge({ name: 'poi_subscriptions_active', help: 'Subscriptions of clients now', registers })
  const breakers = new Gauge({
    name: 'poi_breaker_state',
    help: 'Circuit breaker of a target: 0 closed, 1 open, 2 half-open',
    labelNames: ['target'],
    registers,
  })
  return {
    activeSubscriptions,
    observe: async (type, answering) => {
      const stop = duration.startTimer({ operation_type: type })
      const result = await answering
      stop()
      requests.inc({ operation_type: type, code: codeOf(result) })
      return result
    },
    refused: code => requests.inc({ operation_type: 'unknown', code }),
    timed: target => ({
      ...target,
      execute: async request => {
        const stop = subgraphDuration.startTimer({ subgraph: target.name })
        const result = await target.execute(request)
        stop()
        return result
      },
    }),
    breakerBecame: (target, state) => breakers.set({ target }, BREAKER_STATES.indexOf(state)),
  }
}

function codeOf(result: ExecutionResult | object): string {
  const [error] = ('errors' in result ? result.errors : undefined) ?? []
  if (error === undefined) return 'OK'
  const code = error.extensions?.['code']
  return isClientCode(code) ? code : 'INTERNAL_SERVER_ERROR'
}
