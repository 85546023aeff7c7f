/** Two small subgraphs for tests, as far from POIs as the gateway must be: `news` has a live stream, `shop` owns the entities. */
import { buildSubgraphSchema } from '@apollo/subgraph'
import { composeServices } from '@theguild/federation-composition'
import { parse, type ValueNode } from 'graphql'
import pino from 'pino'
import { Registry } from 'prom-client'
import { PoiError } from '#runtime/errors.ts'
import { type Served, serve } from '#runtime/serve.ts'
import { subgraphEndpoint } from '#runtime/serve-subgraph.ts'
import type { RequestContext, Subgraph } from '#runtime/subgraph.ts'
import { type Gateway, type GatewayOptions, type GatewaySubgraph, openGateway } from './open-gateway.ts'

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])'

const NEWS = `${LINK}
  scalar Cursor
  interface Event { cursor: Cursor! }
  type Changed implements Event { cursor: Cursor! number: Int! text: String! item: Item! }
  type Beat implements Event { cursor: Cursor! }
  type Item @key(fields: "id", resolvable: false) { id: ID! name: String! @shareable }
  type Count { value: Int! }
  type Subscription { changes(after: Cursor, topic: String): Event!  countdown(from: Int!): Count! broken: Count! }
  type Query { newest: Int! headline: Item! fail(code: String): Int }
  type Mutation { publish(text: String!): Int! publishAll(inputs: [NewsInput!]!): [Published!]! }
  input NewsInput { id: ID! text: String! at: At! tags: [String!] note: String }
  input At { x: Float! y: Float! }
  union Published = Accepted | Refused
  type Accepted { id: ID! receipt: String! }
  type Refused { id: ID reason: String! }
`

const SHOP = `${LINK}
  scalar Even
  type Item @key(fields: "id") { id: ID! name: String! @shareable price: Int! related(first: Int!): [Item!]! }
  type Query { item(id: ID!): Item items(first: Int!): ItemConnection! even(value: Even!): Even! slow(ms: Int!): Int! }
  type ItemConnection { edges: [ItemEdge!]! }
  type ItemEdge { node: Item! }
`

/** A log of numbered lines that subscriptions read: cursor `n` stands behind line `n`. */
export interface News extends Subgraph {
  publish(...texts: readonly string[]): void
  /** live streams that read now */
  readonly readers: number
  /** live streams opened so far */
  readonly opened: number
  /** Ends every live stream with an error. */
  breakStreams(error: Error): void
}

export interface Shop extends Subgraph {
  readonly prices: Map<string, number>
  /** calls of `_entities` so far */
  readonly entityCalls: number
}

export function openNews(): News {
  const lines: string[] = []
  const readers = new Set<{ wake: () => void; fail: (error: Error) => void }>()
  let opened = 0

  function read(after: string | undefined, greet: boolean): AsyncIterableIterator<unknown> {
    opened += 1
    let at = after === undefined ? lines.length : Number(after)
    let greeting = greet
    let waiting: PromiseWithResolvers<IteratorResult<unknown>> | undefined
    let over = false
    let failure: Error | undefined
    const take = (): unknown => {
      if (greeting) {
        greeting = false
        return { __typename: 'Beat', cursor: String(at) }
      }
      const text = lines[at]
      if (text === undefined) return undefined
      at += 1
      return { __typename: 'Changed', cursor: String(at), number: at, text, item: { id: String(at), name: `named ${at}` } }
    }
    const reader = {
      wake: () => {
        if (waiting === undefined) return
        const changes = take()
        if (changes === undefined) return
        waiting.resolve({ done: false, value: { changes } })
        waiting = undefined
      },
      fail: (error: Error) => {
        failure = error
        readers.delete(reader)
        waiting?.reject(error)
      },
    }
    readers.add(reader)
    const iterator: AsyncIterableIterator<unknown> = {
      next: () => {
        if (failure !== undefined) return Promise.reject(failure)
        if (over) return Promise.resolve({ done: true, value: undefined })
        const changes = take()
        if (changes !== undefined) return Promise.resolve({ done: false, value: { changes } })
        waiting = Promise.withResolvers()
        return waiting.promise
      },
      return: async () => {
        over = true
        readers.delete(reader)
        waiting?.resolve({ done: true, value: undefined })
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  const publish = (...texts: readonly string[]) => {
    lines.push(...texts)
    for (const reader of readers) reader.wake()
  }
  const resolvers = {
    Event: { __resolveType: (event: { __typename: string }) => event.__typename },
    Published: { __resolveType: (published: object) => ('receipt' in published ? 'Accepted' : 'Refused') },
    Query: {
      newest: () => lines.length,
      headline: () => ({ id: '7', name: 'named 7' }),
      fail: (_: unknown, { code }: { code?: 'OVERLOADED' }) => {
        if (code !== undefined) throw new PoiError(code, 'Too much at once.', { cause: new Error('secret host db.internal') })
        throw new Error('secret host db.internal')
      },
    },
    Mutation: {
      publish: (_: unknown, { text }: { text: string }) => {
        publish(text)
        return lines.length
      },
      publishAll: (_: unknown, { inputs }: { inputs: readonly { id: string }[] }) =>
        inputs.map(({ id }) => ({ id, receipt: `receipt of ${id}` })),
    },
    Subscription: {
      changes: {
        subscribe: (_: unknown, { after }: { after?: string | null }) => {
          if (after === 'forged') throw new PoiError('CURSOR_INVALID', 'The cursor was not made by this platform.')
          return read(after ?? undefined, after === undefined || after === null)
        },
      },
      countdown: {
        subscribe: async function* (_: unknown, { from }: { from: number }) {
          for (let value = from; value > 0; value -= 1) yield { countdown: { value } }
        },
      },
      broken: {
        // biome-ignore lint/correctness/useYield: it fails before its first event
        subscribe: async function* () {
          throw new Error('secret host db.internal')
        },
      },
    },
  }
  return {
    ...subgraphOf('news', NEWS, resolvers),
    publish,
    get readers() {
      return readers.size
    },
    get opened() {
      return opened
    },
    breakStreams: error => {
      for (const reader of [...readers]) reader.fail(error)
    },
  }
}

export function openShop(): Shop {
  const prices = new Map<string, number>()
  let entityCalls = 0
  const itemOf = (id: string) => ({ __typename: 'Item', id, name: `named ${id}`, price: prices.get(id) ?? 0 })
  const resolvers = {
    Item: {
      __resolveReference: ({ id }: { id: string }) => {
        entityCalls += 1
        return itemOf(id)
      },
      related: ({ id }: { id: string }, { first }: { first: number }) => Array.from({ length: first }, (_, n) => itemOf(`${id}.${n}`)),
    },
    Query: {
      item: (_: unknown, { id }: { id: string }) => itemOf(id),
      items: (_: unknown, { first }: { first: number }) => ({
        edges: Array.from({ length: first }, (_, n) => ({ node: itemOf(String(n)) })),
      }),
      even: (_: unknown, { value }: { value: number }) => value,
      slow: async (_: unknown, { ms }: { ms: number }) => {
        await new Promise(resolve => setTimeout(resolve, ms))
        return ms
      },
    },
  }
  const shop = subgraphOf('shop', SHOP, resolvers)
  const even = shop.schema.getType('Even')
  if (even !== undefined && 'parseValue' in even && 'parseLiteral' in even) {
    const parseEven = (value: unknown) => {
      if (typeof value !== 'number' || value % 2 !== 0) throw new TypeError(`An even number was wanted; got ${JSON.stringify(value)}.`)
      return value
    }
    even.parseValue = parseEven
    even.parseLiteral = (node: ValueNode) => parseEven('value' in node ? Number(node.value) : undefined)
  }
  return {
    ...shop,
    prices,
    get entityCalls() {
      return entityCalls
    },
  }
}

function subgraphOf(name: string, sdl: string, resolvers: object): Subgraph {
  const schema = buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as never })
  return {
    name,
    schema,
    sdl,
    context: (request: RequestContext) => request,
    missing: async () => [],
    [Symbol.asyncDispose]: async () => {},
  }
}

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

const LISTENER = { host: '127.0.0.1', metrics: async () => '', logger: SILENT, drainSpreadMs: 50, drainDeadlineMs: 1_000 } as const

export function serveGateway(gateway: Gateway, port = 0): Promise<Served> {
  return serve({ ...LISTENER, port, routes: gateway.routes, sockets: gateway.sockets, missing: gateway.missing })
}

export function serveSubgraph(subgraph: Subgraph, port = 0): Promise<Served> {
  return serve({ ...LISTENER, port, ...subgraphEndpoint(subgraph, SILENT), missing: subgraph.missing })
}

export function remoteAt({ origin }: Served): { readonly url: string; readonly wsUrl: string } {
  return { url: `${origin}/graphql`, wsUrl: `${origin.replace('http', 'ws')}/graphql` }
}
