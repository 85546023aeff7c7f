/**
 * Who answers an operation. Most are answered by one subgraph as they stand and are forwarded whole, which costs a tenth of what
 * stitching does; the others go through the stitched schema.
 */
import {
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
} from 'graphql'
import type { Fragments } from './fragments.ts'
import type { Supergraph } from './supergraph.ts'

export type Plan =
  /** This subgraph (its name) answers every field. */
  | { readonly by: 'subgraph'; readonly subgraph: string }
  /** Only about the schema: the gateway answers it itself. */
  | { readonly by: 'gateway' }
  /** Fields of several subgraphs, or one that takes more than a look at the supergraph to place. */
  | { readonly by: 'stitching' }

const STITCHING: Plan = { by: 'stitching' }

/** `schema` is the public one; the operation is valid against it. */
export function planOf(supergraph: Supergraph, schema: GraphQLSchema, operation: OperationDefinitionNode, fragments: Fragments): Plan {
  const root = schema.getRootType(operation.operation)
  if (root === undefined || root === null) return STITCHING
  const names = rootFields(operation.selectionSet, fragments)
  if (names.every(name => name.startsWith('__'))) return { by: 'gateway' }
  // A subgraph may have named its root types otherwise, and has another schema to tell of.
  if (names.some(name => name.startsWith('__'))) return STITCHING
  const alone = supergraph.subgraphs.find(({ graph }) => answers(graph, root.name, operation.selectionSet, new Set()))
  return alone === undefined ? STITCHING : { by: 'subgraph', subgraph: alone.name }

  function answers(graph: string, typeName: string, { selections }: SelectionSetNode, seen: Set<string>): boolean {
    const type = schema.getType(typeName)
    const owned = supergraph.owners.get(typeName)?.get(graph)
    if (owned === undefined || owned.isInterfaceObject || !isCompositeType(type)) return false
    return selections.every(selection => {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        return answers(graph, selection.typeCondition?.name.value ?? typeName, selection.selectionSet, seen)
      }
      if (selection.kind === Kind.FRAGMENT_SPREAD) {
        const fragment = fragments.get(selection.name.value)
        if (fragment === undefined) return false
        if (seen.has(fragment.name.value)) return true
        seen.add(fragment.name.value)
        return answers(graph, fragment.typeCondition.name.value, fragment.selectionSet, seen)
      }
      const name = selection.name.value
      if (name === '__typename') return true
      if (!owned.fields.has(name) || !(isObjectType(type) || isInterfaceType(type))) return false
      const field = type.getFields()[name]
      if (field === undefined) return false
      return selection.selectionSet === undefined || answers(graph, getNamedType(field.type).name, selection.selectionSet, seen)
    })
  }
}

function rootFields(set: SelectionSetNode, fragments: Fragments): readonly string[] {
  return set.selections.flatMap(selection => {
    if (selection.kind === Kind.FIELD) return [selection.name.value]
    if (selection.kind === Kind.INLINE_FRAGMENT) return rootFields(selection.selectionSet, fragments)
    const fragment = fragments.get(selection.name.value)
    return fragment === undefined ? [] : rootFields(fragment.selectionSet, fragments)
  })
}
