/**
 * Subgraphs for differential tests: the real schemas, answered by a function of type, field, arguments and entity alone. So two ways to
 * execute an operation must give the same answer, whichever subgraph is asked for a field.
 */
import { createHash } from 'node:crypto'
import { buildSubgraphSchema } from '@apollo/subgraph'
import {
  type GraphQLFieldResolver,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNullableType,
  isAbstractType,
  isEnumType,
  isListType,
  isObjectType,
  isScalarType,
  parse,
} from 'graphql'
import type { RequestContext, Subgraph } from '#runtime/subgraph.ts'

/** What every mocked object is: its type and what tells it from others of the type. */
interface Mocked {
  readonly __typename: string
  readonly seed: string
}

/** Gives every field of a schema its answer. */
export function mockResolvers(schema: GraphQLSchema): GraphQLSchema {
  const mock = (type: GraphQLOutputType, seed: string): unknown => {
    const named = getNullableType(type)
    if (isListType(named)) return Array.from({ length: digest(seed) % 3 }, (_, index) => mock(named.ofType, `${seed}[${index}]`))
    if (isEnumType(named)) {
      const values = named.getValues()
      return values[digest(seed) % values.length]?.value
    }
    if (isScalarType(named)) return scalarOf(named.name, seed)
    if (isAbstractType(named)) {
      const possible = schema.getPossibleTypes(named)
      return { __typename: possible[digest(seed) % possible.length]?.name, seed }
    }
    return { __typename: named.name, seed }
  }
  const resolve: GraphQLFieldResolver<Mocked, RequestContext> = (source, args, _, info) => {
    // An entity is its id: the same in every subgraph. Anything else is where it was found.
    const owner = info.parentType.name === 'Poi' ? `Poi(${idOf(source)})` : (source?.seed ?? info.parentType.name)
    if (info.parentType.name === 'Poi' && info.fieldName === 'id') return idOf(source)
    const seed = `${owner}.${info.fieldName}(${JSON.stringify(args)})`
    return digest(`null ${seed}`) % 5 === 0 && getNullableType(info.returnType) === info.returnType ? null : mock(info.returnType, seed)
  }
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value: Mocked) => value.__typename
    if (isObjectType(type) && !type.name.startsWith('__')) {
      for (const field of Object.values(type.getFields())) {
        if (field.name === '_service' || field.name === '_entities') continue
        field.resolve = resolve as GraphQLFieldResolver<unknown, unknown>
      }
    }
  }
  return schema
}

export function mockedSubgraph(name: string, sdl: string): Subgraph {
  return {
    name,
    schema: mockResolvers(buildSubgraphSchema(parse(sdl))),
    sdl,
    context: request => request,
    missing: async () => [],
    [Symbol.asyncDispose]: async () => {},
  }
}

function idOf(source: Mocked | { readonly id: string }): string {
  return 'id' in source ? source.id : `poi-${digest(source.seed) % 1_000}`
}

function scalarOf(name: string, seed: string): unknown {
  const number = digest(seed)
  if (name === 'Int') return number % 1_000
  if (name === 'Float') return (number % 1_000) / 8
  if (name === 'Boolean') return number % 2 === 0
  if (name === 'JSON') return { number }
  return `${name} ${number}`
}

function digest(text: string): number {
  return createHash('sha1').update(text).digest().readUInt32BE(0)
}
