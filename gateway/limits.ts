/** What one operation may ask for, so that no single request can hold the platform up. Each limit has its own code. */
import { GraphQLError } from 'graphql'
import type { LimitCode } from '#runtime/client-error.ts'

export interface Limits {
  /** lexical tokens of a document; records to submit belong into variables, which do not count */
  readonly tokens: number
  /** levels of fields */
  readonly depth: number
  /** levels of brackets of a document, of fragments in fragments, and of lists and objects in variables: so deep does anything recurse */
  readonly nesting: number
  /** fields after fragments are spread */
  readonly fields: number
  readonly aliases: number
  readonly directives: number
  readonly rootFields: number
  readonly mutationRootFields: number
  /** the greatest page, argument `first` */
  readonly first: number
  /** fields that an answer can hold, by `first` of the pages around them */
  readonly nodes: number
  /** bytes of a request's body or of a WebSocket frame */
  readonly bodyBytes: number
  readonly subscriptionsPerSocket: number
}

export const DEFAULT_LIMITS = {
  tokens: 15_000,
  depth: 15,
  nesting: 100,
  fields: 2_000,
  aliases: 30,
  directives: 50,
  rootFields: 20,
  mutationRootFields: 10,
  first: 500,
  nodes: 500_000,
  bodyBytes: 1_048_576,
  subscriptionsPerSocket: 100,
} as const satisfies Limits

export function refusal(code: LimitCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
