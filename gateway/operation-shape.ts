/** The shape of an operation, before anything is known of the schema: how deep, how wide, how repetitive. */
import { type DocumentNode, type GraphQLError, Kind, type SelectionSetNode } from 'graphql'
import type { LimitCode } from '#runtime/client-error.ts'
import { fragmentsOf } from './fragments.ts'
import { type Limits, refusal } from './limits.ts'

interface Shape {
  readonly depth: number
  /** levels of selection sets, of whatever they are the selection */
  readonly nesting: number
  /** the fields of the set itself, through fragments */
  readonly roots: number
  readonly fields: number
  readonly aliases: number
  readonly directives: number
}

const NOTHING: Shape = { depth: 0, nesting: 0, roots: 0, fields: 0, aliases: 0, directives: 0 }

/** Fragments that spread the next one twice double a count at each level: counting ends here. */
const MANY = 1_000_000

/**
 * Refuses an operation by its shape alone, before it is validated: validation compares fields in pairs, so it must not meet thousands of
 * them. Everything counts as often as fragments repeat it, and each fragment is looked at once.
 */
export function shapeFaults(document: DocumentNode, limits: Limits): readonly GraphQLError[] {
  const fragments = fragmentsOf(document)
  const known = new Map<string, Shape>()
  const faults: GraphQLError[] = []
  const check = (code: LimitCode, what: string, count: number, limit: number) => {
    const counted = count >= MANY ? `${MANY} or more` : String(count)
    if (count > limit) faults.push(refusal(code, `The operation has ${counted} ${what}; at most ${limit} are allowed.`))
  }
  for (const node of document.definitions) {
    if (node.kind !== Kind.OPERATION_DEFINITION) continue
    const shape = shapeOf(node.selectionSet)
    check('QUERY_TOO_DEEP', 'levels of fields', shape.depth, limits.depth)
    check('QUERY_TOO_DEEP', 'levels of fragments and fields', shape.nesting, limits.nesting)
    check('TOO_MANY_FIELDS', 'fields', shape.fields, limits.fields)
    check('TOO_MANY_ALIASES', 'aliases', shape.aliases, limits.aliases)
    check('TOO_MANY_DIRECTIVES', 'directives', shape.directives + (node.directives?.length ?? 0), limits.directives)
    const isMutation = node.operation === 'mutation'
    const most = isMutation ? limits.mutationRootFields : limits.rootFields
    check('TOO_MANY_ROOT_FIELDS', 'root fields', shape.roots, most)
  }
  // Validation looks at fragments that no operation spreads, too.
  for (const name of fragments.keys()) {
    if (faults.length > 0) break
    const { nesting, fields } = shapeOfFragment(name)
    check('QUERY_TOO_DEEP', `levels of fragments and fields in the fragment ${name}`, nesting, limits.nesting)
    check('TOO_MANY_FIELDS', `fields in the fragment ${name}`, fields, limits.fields)
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
        nesting: Math.max(total.nesting, below.nesting + 1),
        roots: Math.min(MANY, total.roots + (selection.kind === Kind.FIELD ? 1 : below.roots)),
        fields: Math.min(MANY, total.fields + below.fields + own),
        aliases: Math.min(MANY, total.aliases + below.aliases + alias),
        directives: Math.min(MANY, total.directives + below.directives + (selection.directives?.length ?? 0)),
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
}
