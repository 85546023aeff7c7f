/** The size of an operation's answer, once its variables are known. */
import {
  type FieldNode,
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
import type { Fragments } from './fragments.ts'
import { type Limits, refusal } from './limits.ts'

/**
 * Refuses a valid operation by the size of its answer: `first` outside of 1 to `limits.first`, or more fields than `limits.nodes`, because an
 * answer is made of them, whatever they hold. Those below a field with `first` count that many times; a list without `first` counts once.
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
      refusal(
        'TOO_MANY_NODES',
        `The answer could hold ${nodes} fields; at most ${limits.nodes} are allowed. Ask for smaller pages or fewer fields.`,
      ),
    )
  }
  return faults

  function visit({ selections }: SelectionSetNode, typeName: string, times: number): void {
    const type = schema.getType(typeName)
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        visit(selection.selectionSet, selection.typeCondition?.name.value ?? typeName, times)
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value)
        if (fragment !== undefined) visit(fragment.selectionSet, fragment.typeCondition.name.value, times)
      } else {
        const field = isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : undefined
        if (field === undefined) {
          // `__typename`, and what tells of the schema
          nodes += times
          continue
        }
        const pages = field.args.some(argument => argument.name === 'first') ? pageSize(selection, field.args) : 1
        const below = getNamedType(field.type)
        nodes += isListType(getNullableType(field.type)) ? times * pages : times
        if (!isCompositeType(below) || selection.selectionSet === undefined) continue
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
