/** What one operation may ask for, so that no single request can hold the platform up. Each limit has its own code. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isCompositeType,
  isInterfaceType,
  isListType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { LimitCode } from '#runtime/client-error.ts'

export interface Limits {
  /** lexical tokens of a document; records to submit belong into variables, which do not count */
  readonly tokens: number
  /** levels of fields */
  readonly depth: number
  /** fields after fragments are spread */
  readonly fields: number
  readonly aliases: number
  readonly directives: number
  readonly rootFields: number
  readonly mutationRootFields: number
  /** the greatest page, argument `first` */
  readonly first: number
  /** objects that an answer can hold, by `first` of the pages around them */
  readonly nodes: number
  /** bytes of a request's body or of a WebSocket frame */
  readonly bodyBytes: number
  readonly subscriptionsPerSocket: number
}

export const DEFAULT_LIMITS = {
  tokens: 15_000,
  depth: 15,
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

export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>

export function fragmentsOf(document: DocumentNode): Fragments {
  return new Map(document.definitions.flatMap(node => (node.kind === Kind.FRAGMENT_DEFINITION ? [[node.name.value, node] as const] : [])))
}

interface Shape {
  readonly depth: number
  readonly fields: number
  readonly aliases: number
  readonly directives: number
}

const NOTHING: Shape = { depth: 0, fields: 0, aliases: 0, directives: 0 }

/**
 * Refuses an operation by its shape alone, before it is validated: validation compares fields in pairs, so it must not meet thousands of
 * them. Everything counts as often as fragments repeat it, and each fragment is looked at once.
 */
export function shapeFaults(document: DocumentNode, limits: Limits): readonly GraphQLError[] {
  const fragments = fragmentsOf(document)
  const known = new Map<string, Shape>()
  const faults: GraphQLError[] = []
  const check = (code: LimitCode, what: string, count: number, limit: number) => {
    if (count > limit) faults.push(refusal(code, `The operation has ${count} ${what}; at most ${limit} are allowed.`))
  }
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue
    const shape = shapeOf(node.selectionSet)
    check('QUERY_TOO_DEEP', 'levels of fields', shape.depth, limits.depth)
    check('TOO_MANY_FIELDS', 'fields', shape.fields, limits.fields)
    check('TOO_MANY_ALIASES', 'aliases', shape.aliases, limits.aliases)
    check('TOO_MANY_DIRECTIVES', 'directives', shape.directives + (node.directives?.length ?? 0), limits.directives)
    const isMutation = node.operation === 'mutation'
    const most = isMutation ? limits.mutationRootFields : limits.rootFields
    check('TOO_MANY_ROOT_FIELDS', 'root fields', countRootFields(node.selectionSet, new Set()), most)
  }
  return faults

  function shapeOf({ selections }: SelectionSetNode): Shape {
    let total = NOTHING
    for (const selection of selections) {
      const below =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? shapeOfFragment(selection.name.value)
          : selection.selectionSet === undefined
            ? NOTHING
            : shapeOf(selection.selectionSet)
      const own = selection.kind === Kind.FIELD ? 1 : 0
      const alias = selection.kind === Kind.FIELD && selection.alias !== undefined ? 1 : 0
      total = {
        depth: Math.max(total.depth, below.depth + own),
        fields: total.fields + below.fields + own,
        aliases: total.aliases + below.aliases + alias,
        directives: total.directives + below.directives + (selection.directives?.length ?? 0),
      }
    }
    return total
  }

  function shapeOfFragment(name: string): Shape {
    const found = known.get(name)
    if (found !== undefined) return found
    // A cycle counts as nothing here; validation refuses it.
    known.set(name, NOTHING)
    const fragment = fragments.get(name)
    const shape = fragment === undefined ? NOTHING : shapeOf(fragment.selectionSet)
    known.set(name, shape)
    return shape
  }

  function countRootFields({ selections }: SelectionSetNode, open: ReadonlySet<string>): number {
    return selections.reduce((count, selection) => {
      if (selection.kind === Kind.FIELD) return count + 1
      if (selection.kind === Kind.INLINE_FRAGMENT) return count + countRootFields(selection.selectionSet, open)
      const { value: name } = selection.name
      const fragment = fragments.get(name)
      if (fragment === undefined || open.has(name) || count > limits.rootFields) return count
      return count + countRootFields(fragment.selectionSet, new Set([...open, name]))
    }, 0)
  }
}

/**
 * Refuses a valid operation by the size of its answer: `first` outside of 1 to `limits.first`, or more objects than `limits.nodes`. An
 * object below a field with `first` counts that many times; a list without `first` counts once.
 */
export function sizeFaults(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  variables: Readonly<Record<string, unknown>>,
  limits: Limits,
): readonly GraphQLError[] {
  const faults: GraphQLError[] = []
  let nodes = 0
  const root = schema.getRootType(operation.operation)
  if (root !== undefined && root !== null) visit(operation.selectionSet, root.name, 1)
  if (nodes > limits.nodes) {
    faults.push(
      refusal('TOO_MANY_NODES', `The answer could hold ${nodes} objects; at most ${limits.nodes} are allowed. Ask for smaller pages.`),
    )
  }
  return faults

  function visit({ selections }: SelectionSetNode, typeName: string, times: number): void {
    const type = schema.getType(typeName)
    for (const selection of selections) {
      if (nodes > limits.nodes * 10) return
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        visit(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, times)
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value)
        if (fragment !== undefined) visit(fragment.selectionSet, fragment.typeCondition.name.value, times)
      } else if (isObjectType(type) || isInterfaceType(type)) {
        const field = type.getFields()[selection.name.value]
        if (field === undefined) continue
        const pages = field.args.some(argument => argument.name === 'first') ? pageSize(selection, field.args) : 1
        const below = getNamedType(field.type)
        if (!isCompositeType(below) || selection.selectionSet === undefined) continue
        nodes += isListType(getNullableType(field.type)) ? times * pages : times
        visit(selection.selectionSet, below.name, times * pages)
      }
    }
  }

  function pageSize(field: FieldNode, args: readonly { readonly name: string; readonly defaultValue?: unknown }[]): number {
    const fallback = args.find(argument => argument.name === 'first')?.defaultValue
    const value = field.arguments?.find(argument => argument.name.value === 'first')?.value
    const given = value === undefined ? undefined : value.kind === Kind.VARIABLE ? variableOf(value.name.value) : literalOf(value)
    const size = given ?? fallback
    // Absent or of the wrong type: validation or coercion says so in better words.
    if (typeof size !== 'number') return 1
    if (size < 1 || size > limits.first) {
      const wanted = `${field.name.value}(first:) must be 1 to ${limits.first}; got ${size}.`
      faults.push(new GraphQLError(wanted, { nodes: field, extensions: { code: 'BAD_USER_INPUT' } }))
      return 1
    }
    return size
  }

  function variableOf(name: string): unknown {
    if (variables[name] !== undefined) return variables[name]
    const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)
    return definition?.defaultValue === undefined ? undefined : literalOf(definition.defaultValue)
  }
}

function literalOf(value: { readonly kind: Kind; readonly value?: unknown }): unknown {
  return value.kind === Kind.INT ? Number(value.value) : undefined
}

function refusal(code: LimitCode, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code } })
}
