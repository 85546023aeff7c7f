/** A gateway over two small subgraphs, for tests. */
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'
import pino from 'pino'
import { Registry } from 'prom-client'
import { type Served, serve } from '#runtime/serve.ts'
import { subgraphEndpoint } from '#runtime/serve-subgraph.ts'
import type { Subgraph } from '#runtime/subgraph.ts'
import { NEWS, type News, openNews } from './news.fixture.ts'
import { type Gateway, type GatewayOptions, type GatewaySubgraph, openGateway } from './open-gateway.ts'
import { openShop, SHOP, type Shop } from './shop.fixture.ts'

export const SILENT = pino({ level: 'silent' })

export function supergraphOf(urls: { readonly news?: string; readonly shop?: string } = {}): string {
  const composed = composeServices([
    { name: 'news', url: urls.news ?? 'http://127.0.0.1:1/graphql', typeDefs: parse(NEWS) },
    { name: 'shop', url: urls.shop ?? 'http://127.0.0.1:1/graphql', typeDefs: parse(SHOP) },
  ])
  if (composed.errors) throw new AggregateError(composed.errors)
  return composed.supergraphSdl
}

export interface Fixture extends AsyncDisposable {
  readonly news: News
  readonly shop: Shop
  readonly gateway: Gateway
  readonly registry: Registry
  /** `http://127.0.0.1:PORT/graphql` */
  readonly url: string
  readonly wsUrl: string
}

/** A gateway over both subgraphs on a free port: in this process, or each behind a listener of its own. */
export async function openFixture(
  options: Partial<Omit<GatewayOptions, 'subgraphs' | 'supergraph'>> & { readonly remote?: boolean } = {},
): Promise<Fixture> {
  const { remote = false, ...gatewayOptions } = options
  const stack = new AsyncDisposableStack()
  const news = openNews()
  const shop = openShop()
  const subgraphs: GatewaySubgraph[] = []
  for (const subgraph of [news, shop]) {
    if (!remote) subgraphs.push({ name: subgraph.name, subgraph })
    else subgraphs.push({ name: subgraph.name, ...remoteAt(stack.use(await serveSubgraph(subgraph))) })
  }
  const registry = new Registry()
  const gateway = await openGateway({ logger: SILENT, registry, ...gatewayOptions, supergraph: supergraphOf(), subgraphs })
  stack.use(gateway)
  const served = stack.use(await serveGateway(gateway))
  return {
    news,
    shop,
    gateway,
    registry,
    url: `${served.origin}/graphql`,
    wsUrl: `${served.origin.replace('http', 'ws')}/graphql`,
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const LISTENER = {
  host: '127.0.0.1',
  metrics: async () => '',
  logger: SILENT,
  drainDelayMs: 0,
  drainSpreadMs: 50,
  drainDeadlineMs: 1_000,
} as const

export function serveGateway(gateway: Gateway, port = 0): Promise<Served> {
  return serve({ ...LISTENER, port, routes: gateway.routes, sockets: gateway.sockets, missing: gateway.missing })
}

export function serveSubgraph(subgraph: Subgraph, port = 0): Promise<Served> {
  return serve({ ...LISTENER, port, ...subgraphEndpoint(subgraph, SILENT), missing: subgraph.missing })
}

export function remoteAt({ origin }: Served): { readonly url: string; readonly wsUrl: string } {
  return { url: `${origin}/graphql`, wsUrl: `${origin.replace('http', 'ws')}/graphql` }
}
