/** The supergraph, read for what planning needs: which subgraph answers which field. Composed SDL with the join spec (v0.2 and later). */
import { type ConstDirectiveNode, type DocumentNode, type FieldDefinitionNode, Kind, parse, valueFromASTUntyped } from 'graphql'

export interface SubgraphEntry {
  /** as composed: `store` */
  readonly name: string
  /** of the enum `join__Graph`: `STORE` */
  readonly graph: string
  /** where it was composed to listen; may be empty */
  readonly url: string
}

/** What of a type one subgraph has. */
export interface Ownership {
  /** It knows the type as an `@interfaceObject`: it cannot tell the concrete type. */
  readonly isInterfaceObject: boolean
  /** The fields it answers by itself. */
  readonly fields: ReadonlySet<string>
}

export interface Supergraph {
  readonly document: DocumentNode
  readonly subgraphs: readonly SubgraphEntry[]
  /** By type name, then by graph. A type without an entry for a graph is not there. */
  readonly owners: ReadonlyMap<string, ReadonlyMap<string, Ownership>>
}

/** @throws GraphQLError when it is no GraphQL, Error when it is no supergraph. */
export function readSupergraph(sdl: string): Supergraph {
  const document = parse(sdl, { noLocation: true })
  const subgraphs: SubgraphEntry[] = []
  const owners = new Map<string, ReadonlyMap<string, Ownership>>()
  for (const definition of document.definitions) {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION && definition.name.value === 'join__Graph') {
      for (const value of definition.values ?? []) {
        const [graph] = argumentsOf(value.directives, 'join__graph')
        if (graph !== undefined) {
          subgraphs.push({ name: String(graph['name']), graph: value.name.value, url: String(graph['url'] ?? '') })
        }
      }
    }
    if ('fields' in definition || definition.kind === Kind.UNION_TYPE_DEFINITION) {
      if (!('name' in definition) || definition.name === undefined) continue
      const fields = definition.kind === Kind.UNION_TYPE_DEFINITION ? [] : (definition.fields ?? [])
      const typed = argumentsOf(definition.directives, 'join__type')
      owners.set(
        definition.name.value,
        new Map(
          typed.map(type => {
            const graph = String(type['graph'])
            const isInterfaceObject = typed.some(other => other['graph'] === graph && other['isInterfaceObject'] === true)
            const own = fields.filter(field => field.kind === Kind.FIELD_DEFINITION && isAnsweredBy(graph, field))
            return [graph, { isInterfaceObject, fields: new Set(own.map(field => field.name.value)) }]
          }),
        ),
      )
    }
  }
  if (subgraphs.length === 0) throw new Error('This is no supergraph: it has no enum join__Graph with a value for each subgraph.')
  return { document, subgraphs, owners }
}

/** Whether a subgraph of the field's type answers it without help from another: not external, not required from elsewhere, not overridden. */
function isAnsweredBy(graph: string, field: FieldDefinitionNode): boolean {
  const joins = argumentsOf(field.directives, 'join__field')
  if (joins.length === 0) return true
  const join = joins.find(({ graph: owner }) => owner === graph)
  if (join === undefined) return joins.every(({ graph: owner }) => owner === undefined)
  return ['external', 'requires', 'usedOverridden', 'override', 'overrideLabel'].every(name => !join[name])
}

function argumentsOf(directives: readonly ConstDirectiveNode[] | undefined, name: string): readonly Record<string, unknown>[] {
  return (directives ?? [])
    .filter(directive => directive.name.value === name)
    .map(directive =>
      Object.fromEntries((directive.arguments ?? []).map(argument => [argument.name.value, valueFromASTUntyped(argument.value)])),
    )
}
