/** A small subgraph for tests: `shop` owns the entities that `news` names. */
import type { ValueNode } from 'graphql'
import type { Subgraph } from '#runtime/subgraph.ts'
import { LINK, subgraphOf } from './subgraph.fixture.ts'

export const SHOP = `${LINK}
  scalar Even
  type Item @key(fields: "id") { id: ID! name: String! @shareable price: Int! related(first: Int!): [Item!]! }
  type Query { item(id: ID!): Item items(first: Int!): ItemConnection! even(value: Even!): Even! slow(ms: Int!): Int! }
  type ItemConnection { edges: [ItemEdge!]! }
  type ItemEdge { node: Item! }
`

export interface Shop extends Subgraph {
  readonly prices: Map<string, number>
  /** calls of `_entities` so far */
  readonly entityCalls: number
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
