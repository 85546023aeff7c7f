/**
 * A subscription that can be resumed: its root field takes `after`, and what it returns has a `cursor`. The rule holds for any supergraph.
 *
 * Such a subscription is rewritten so that the gateway learns the cursor of every event, whether or not the client selects it, and can
 * start it again behind any of them: `{ changes { name } }` becomes
 * `($_gatewayAfter: Cursor) { changes(after: $_gatewayAfter) { name _gatewayCursor: cursor } }`.
 */
import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parseType,
  type SelectionSetNode,
  valueFromASTUntyped,
  visit,
} from 'graphql'
import { type Fragments, fragmentsOf } from './fragments.ts'

const AFTER = '_gatewayAfter'
const CURSOR = '_gatewayCursor'

export type Variables = Readonly<Record<string, unknown>>

export interface LiveSubscription {
  /** The rewritten document; it holds this one operation. */
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  /** Where the client itself asks to begin; undefined for "now". */
  readonly after: (variables: Variables) => unknown
  /** The variables of the rewritten document. */
  readonly variables: (variables: Variables, after: unknown) => Variables
  /** Takes the hidden cursor out of an event's data and returns it; undefined when the event has none. */
  readonly takeCursor: (data: Record<string, unknown> | null | undefined) => string | undefined
}

/** `document` is valid and holds this operation and its fragments. Undefined when the subscription cannot be resumed. */
export function liveSubscriptionOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): LiveSubscription | undefined {
  const root = rootField(operation.selectionSet, fragmentsOf(document))
  if (root === undefined || (root.directives?.length ?? 0) > 0) return undefined
  const field = schema.getSubscriptionType()?.getFields()[root.name.value]
  const argument = field?.args.find(({ name }) => name === 'after')
  const event = field === undefined ? undefined : getNamedType(field.type)
  if (argument === undefined || !(isObjectType(event) || isInterfaceType(event)) || event.getFields()['cursor'] === undefined) {
    return undefined
  }

  const after: ArgumentNode = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: 'after' },
    value: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: AFTER } },
  }
  const cursor: FieldNode = {
    kind: Kind.FIELD,
    alias: { kind: Kind.NAME, value: CURSOR },
    name: { kind: Kind.NAME, value: 'cursor' },
  }
  const given = root.arguments?.find(({ name }) => name.value === 'after')?.value
  const rewrittenRoot: FieldNode = {
    ...root,
    arguments: [...(root.arguments ?? []).filter(({ name }) => name.value !== 'after'), after],
    selectionSet: { kind: Kind.SELECTION_SET, selections: [...(root.selectionSet?.selections ?? []), cursor] },
  }
  const rewritten: DocumentNode = visit(document, { Field: { enter: node => (node === root ? rewrittenRoot : undefined) } })
  const used = variablesUsedIn(rewritten)
  const definitions = (operation.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value))
  const declared = new Set(definitions.map(({ variable }) => variable.name.value))
  const final: DocumentNode = {
    ...rewritten,
    definitions: rewritten.definitions.map(node =>
      node.kind === Kind.OPERATION_DEFINITION
        ? {
            ...node,
            variableDefinitions: [
              ...definitions,
              {
                kind: Kind.VARIABLE_DEFINITION,
                variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: AFTER } },
                type: parseType(String(argument.type).replace(/!$/, ''), { noLocation: true }),
              },
            ],
          }
        : node,
    ),
  }
  const finalOperation = final.definitions.find(node => node.kind === Kind.OPERATION_DEFINITION)
  if (finalOperation === undefined) return undefined
  const key = root.alias?.value ?? root.name.value

  return {
    document: final,
    operation: finalOperation,
    after: variables => {
      if (given === undefined) return undefined
      if (given.kind !== Kind.VARIABLE) return valueFromASTUntyped(given) ?? undefined
      const name = given.name.value
      const definition = operation.variableDefinitions?.find(({ variable }) => variable.name.value === name)
      const fallback = definition?.defaultValue === undefined ? undefined : valueFromASTUntyped(definition.defaultValue)
      return (Object.hasOwn(variables, name) ? variables[name] : fallback) ?? undefined
    },
    variables: (variables, position) => ({
      ...Object.fromEntries(Object.entries(variables).filter(([name]) => declared.has(name))),
      ...(position === undefined ? {} : { [AFTER]: position }),
    }),
    takeCursor: data => {
      const value = data?.[key] as Record<string, unknown> | null | undefined
      if (value === null || value === undefined) return undefined
      const position = value[CURSOR]
      delete value[CURSOR]
      return typeof position === 'string' ? position : undefined
    },
  }
}

/** The one field of a subscription, through fragments; validation has made sure that there is only one. */
function rootField({ selections }: SelectionSetNode, fragments: Fragments): FieldNode | undefined {
  for (const selection of selections) {
    if (selection.kind === Kind.FIELD) return selection
    // A condition on the way to the field would hold for the fragment, not for what it was rewritten to.
    if ((selection.directives?.length ?? 0) > 0) return undefined
    const set = selection.kind === Kind.INLINE_FRAGMENT ? selection.selectionSet : fragments.get(selection.name.value)?.selectionSet
    const found = set === undefined ? undefined : rootField(set, fragments)
    if (found !== undefined) return found
  }
  return undefined
}

function variablesUsedIn(document: DocumentNode): ReadonlySet<string> {
  const used = new Set<string>()
  visit(document, {
    VariableDefinition: () => false,
    Variable: node => {
      used.add(node.name.value)
    },
  })
  return used
}
