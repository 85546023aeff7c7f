/** The scalars of the public API: what they are inside the platform, and what a client is told when it sends something else. */
import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
import { MAX_DEPTH } from './json-text.ts'
import type { Micros } from './poi.ts'
import { shown } from './poi-bounds.ts'
import { formatInstant, parseInstant } from './time.ts'

// Longer than any cursor that the platform makes.
const MAX_OPAQUE = 128 * 1024

function refuse(scalar: string, wanted: string, came: unknown): never {
  throw new GraphQLError(`${scalar}: wanted ${wanted}; came ${shown(came)}.`, { extensions: { code: 'BAD_USER_INPUT' } })
}

const INSTANT = 'an RFC 3339 instant such as "2024-05-01T12:00:00Z"'

/** Inside: Micros. */
const DateTime = new GraphQLScalarType<Micros, string>({
  name: 'DateTime',
  description: 'An instant, RFC 3339. Out: UTC with milliseconds or finer. In: any offset.',
  specifiedByURL: 'https://scalars.graphql.org/andimarek/date-time.html',
  serialize(value) {
    if (typeof value !== 'number' || !Number.isSafeInteger(value)) return refuse('DateTime', 'µs since 1970 from the resolver', value)
    return formatInstant(value)
  },
  parseValue: value => (typeof value === 'string' ? parseInstant(value) : undefined) ?? refuse('DateTime', INSTANT, value),
  parseLiteral: node => (node.kind === Kind.STRING ? parseInstant(node.value) : undefined) ?? refuse('DateTime', INSTANT, written(node)),
})

/** Inside: the text itself; resolvers open it with the key. */
function opaque(name: string, description: string): GraphQLScalarType<string, string> {
  const wanted = `the text of a ${name.toLowerCase()}, as the platform handed it out`
  const parse = (value: unknown, came: unknown): string =>
    typeof value === 'string' && value !== '' && value.length <= MAX_OPAQUE ? value : refuse(name, wanted, came)
  return new GraphQLScalarType<string, string>({
    name,
    description,
    serialize: value => parse(value, value),
    parseValue: value => parse(value, value),
    parseLiteral: node => parse(node.kind === Kind.STRING ? node.value : undefined, written(node)),
  })
}

const WHOLE = /^-?\d{1,64}$/

/** Inside: bigint or number. */
const BigIntScalar = new GraphQLScalarType<bigint, string>({
  name: 'BigInt',
  description: 'A whole number as a decimal string.',
  serialize(value) {
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) return value.toString()
    return refuse('BigInt', 'a whole number from the resolver', value)
  },
  parseValue(value) {
    if (typeof value === 'bigint' || (typeof value === 'number' && Number.isSafeInteger(value))) return BigInt(value)
    return typeof value === 'string' && WHOLE.test(value) ? BigInt(value) : refuse('BigInt', 'a whole number as decimal text', value)
  },
  parseLiteral(node) {
    const text = node.kind === Kind.STRING || node.kind === Kind.INT ? node.value : ''
    return WHOLE.test(text) ? BigInt(text) : refuse('BigInt', 'a whole number as decimal text', written(node))
  },
})

/** Inside: the value. */
const Json = new GraphQLScalarType<unknown, unknown>({
  name: 'JSON',
  description: 'Any JSON value.',
  specifiedByURL: 'https://www.rfc-editor.org/rfc/rfc8259',
  serialize: value => value,
  parseValue: value => value,
  parseLiteral: (node, variables) => jsonOf(node, variables ?? null, 0),
})

function jsonOf(node: ValueNode, variables: { readonly [name: string]: unknown } | null, depth: number): unknown {
  if (depth > MAX_DEPTH) return refuse('JSON', `at most ${MAX_DEPTH} levels`, 'more')
  switch (node.kind) {
    case Kind.STRING:
    case Kind.BOOLEAN:
    case Kind.ENUM:
      return node.value
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.NULL:
      return null
    case Kind.VARIABLE:
      return variables?.[node.name.value] ?? null
    case Kind.LIST:
      return node.values.map(item => jsonOf(item, variables, depth + 1))
    case Kind.OBJECT:
      // fromEntries defines its keys, so that `__proto__` is data.
      return Object.fromEntries(node.fields.map(field => [field.name.value, jsonOf(field.value, variables, depth + 1)]))
    default:
      return node satisfies never
  }
}

/** A literal as it was written, for a message. */
function written(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return Number(node.value)
    case Kind.NULL:
      return null
    case Kind.LIST:
      return node.values
    case Kind.OBJECT:
      return node
    case Kind.VARIABLE:
      return `$${node.name.value}`
    default:
      return node.value
  }
}

/** Resolvers of the scalars; a subgraph takes those that its schema names. */
export const scalars = {
  DateTime,
  Cursor: opaque('Cursor', 'Opaque and signed: positions in the log of processed changes.'),
  Receipt: opaque('Receipt', 'Opaque and signed: the position of one accepted record in the log of submissions.'),
  BigInt: BigIntScalar,
  JSON: Json,
} as const
