import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { RequestContext, Subgraph } from '#runtime/subgraph.ts'

/** For the SDL of a test's subgraph. */
export const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@shareable"])'

/** Opened by hand, needs no closing. */
export function subgraphOf(name: string, sdl: string, resolvers: object): Subgraph {
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
