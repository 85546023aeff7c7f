/** Reads operations: parse, limits, validation and plan, once per text, for HTTP and WebSocket alike. */
import { createHash } from 'node:crypto'
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  type OperationTypeNode,
  parse,
  separateOperations,
  specifiedRules,
  validate,
} from 'graphql'
import { isDeeperThan, nestingOf } from '#runtime/nesting.ts'
import { sizeFaults } from './answer-size.ts'
import { fragmentsOf } from './fragments.ts'
import { type Limits, refusal } from './limits.ts'
import { type LiveSubscription, liveSubscriptionOf, type Variables } from './live-subscription.ts'
import { shapeFaults } from './operation-shape.ts'
import { type Plan, planOf } from './plan.ts'
import type { Supergraph } from './supergraph.ts'

/** An operation that may be executed, with everything that can be known of it before its variables. */
export interface Operation {
  readonly type: OperationTypeNode
  readonly document: DocumentNode
  readonly definition: OperationDefinitionNode
  readonly plan: Plan
  /** How to resume it; undefined for everything but subscriptions with cursors. */
  readonly live: LiveSubscription | undefined
  /** What is wrong with the size of its answer, or the depth of its variables. */
  readonly sizeFaults: (variables: Variables) => readonly GraphQLError[]
}

export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly GraphQLError[] }

export interface Operations {
  readonly schema: GraphQLSchema
  /** A valid document within the limits. Every error has a code. */
  readonly document: (text: string) => Read<DocumentNode>
  /** The same, read already and kept, by the SHA-256 of its text in hex. */
  readonly documentOfHash: (hash: string) => DocumentNode | undefined
  /** One operation of a document that `document` returned. @throws Error for another document: nobody has checked it */
  readonly select: (document: DocumentNode, operationName: string | null | undefined) => Read<Operation>
}

/** Texts are kept up to this many characters altogether, the latest used. */
const KEPT_CHARACTERS = 4_000_000

export function readOperations({
  schema,
  supergraph,
  limits,
  introspection,
}: {
  readonly schema: GraphQLSchema
  readonly supergraph: Supergraph
  readonly limits: Limits
  readonly introspection: boolean
}): Operations {
  const rules = introspection ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule]
  const texts = new Map<string, Read<DocumentNode>>()
  const byHash = new Map<string, DocumentNode>()
  let characters = 0
  const selected = new WeakMap<DocumentNode, Map<string, Read<Operation>>>()

  return {
    schema,
    document: text => {
      const known = texts.get(text)
      if (known !== undefined) {
        texts.delete(text)
        texts.set(text, known)
        return known
      }
      const read = readDocument(text)
      texts.set(text, read)
      if (read.ok) {
        selected.set(read.value, new Map())
        byHash.set(hashOf(text), read.value)
      }
      characters += text.length
      for (const [oldest] of texts) {
        if (characters <= KEPT_CHARACTERS) break
        texts.delete(oldest)
        byHash.delete(hashOf(oldest))
        characters -= oldest.length
      }
      return read
    },
    documentOfHash: hash => byHash.get(hash),
    select: (document, operationName) => {
      const name = operationName ?? ''
      const operations = selected.get(document)
      if (operations === undefined) throw new Error('This document was not read here')
      const known = operations.get(name)
      if (known !== undefined) return known
      const read = select(document, operationName)
      if (read.ok) operations.set(name, read)
      return read
    },
  }

  function readDocument(text: string): Read<DocumentNode> {
    if (nestingOf(text) > limits.nesting) return refused([tooDeep('document', limits)])
    let document: DocumentNode
    try {
      document = parse(text, { maxTokens: limits.tokens })
    } catch (error) {
      if (!(error instanceof GraphQLError)) throw error
      return refused([error.message.includes('tokens') ? tooLong(limits) : coded(error, 'GRAPHQL_PARSE_FAILED')])
    }
    const shape = shapeFaults(document, limits)
    if (shape.length > 0) return refused(shape)
    const errors = validationErrors(document)
    if (errors.length > 0) return refused(errors.map(error => coded(error, 'GRAPHQL_VALIDATION_FAILED')))
    return { ok: true, value: document }
  }

  function validationErrors(document: DocumentNode): readonly GraphQLError[] {
    try {
      return validate(schema, document, rules, { maxErrors: 20, hideSuggestions: !introspection })
    } catch (error) {
      // graphql-js looks at conditions on a subscription's root field without having their variables, and throws.
      if (error instanceof GraphQLError) return [error]
      throw error
    }
  }

  function select(whole: DocumentNode, operationName: string | null | undefined): Read<Operation> {
    const definition = getOperationAST(whole, operationName)
    if (definition === null || definition === undefined) return refused([unknownOperation(operationName)])
    const isAlone = whole.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length === 1
    const document = isAlone ? whole : (separateOperations(whole)[definition.name?.value ?? ''] ?? whole)
    const live = definition.operation === 'subscription' ? liveSubscriptionOf(schema, document, definition) : undefined
    const fragments = fragmentsOf(live?.document ?? document)
    const operation: Operation = {
      type: definition.operation,
      document,
      definition,
      plan: planOf(supergraph, schema, live?.operation ?? definition, fragments),
      live,
      sizeFaults: variables =>
        isDeeperThan(limits.nesting, variables)
          ? [tooDeep('variables', limits)]
          : sizeFaults(schema, definition, fragments, variables, limits),
    }
    return { ok: true, value: operation }
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

function refused(errors: readonly GraphQLError[]): { readonly ok: false; readonly errors: readonly GraphQLError[] } {
  return { ok: false, errors }
}

function coded(error: GraphQLError, code: string): GraphQLError {
  const { message, nodes, source, positions } = error
  return new GraphQLError(message, { nodes: nodes ?? null, source, positions, extensions: { code } })
}

function tooLong({ tokens }: Limits): GraphQLError {
  return refusal('QUERY_TOO_LONG', `The document has more than ${tokens} tokens; send values as variables.`)
}

function tooDeep(what: 'document' | 'variables', { nesting }: Limits): GraphQLError {
  return refusal('QUERY_TOO_DEEP', `Brackets of the ${what} are nested in more than ${nesting} levels.`)
}

function unknownOperation(name: string | null | undefined): GraphQLError {
  const message = name
    ? `The document has no operation named "${name}".`
    : 'The document has several operations: say which in operationName.'
  return new GraphQLError(message, { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } })
}
