/** Random valid operations for differential tests. */
import {
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'

/** Reproducible: mulberry32. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

export function randomOperation(schema: GraphQLSchema, type: 'query' | 'mutation', random: () => number): string {
  const root = type === 'query' ? schema.getQueryType() : schema.getMutationType()
  if (!root) throw new Error(`The schema has no ${type}`)
  let aliases = 0
  const pick = <T>(values: readonly T[]): T => {
    const value = values[Math.floor(random() * values.length)]
    if (value === undefined) throw new Error('Nothing to choose from')
    return value
  }

  function selection(of: GraphQLNamedType, depth: number): string {
    const parts: string[] = []
    if (random() < 0.3 && depth > 0) parts.push('__typename')
    if (isAbstractType(of)) {
      for (const possible of schema.getPossibleTypes(of)) {
        if (random() < 0.7) parts.push(`... on ${possible.name} ${selection(possible, depth)}`)
      }
    }
    if (isObjectType(of) || isInterfaceType(of)) {
      const fields = Object.values(of.getFields())
      const wanted = depth === 0 ? 1 + Math.floor(random() * 2) : 1 + Math.floor(random() * 4)
      for (let taken = 0; taken < wanted; taken += 1) {
        const field = pick(fields)
        const below = getNamedType(field.type)
        if (isCompositeType(below) && depth > 6) continue
        const args = field.args.filter(argument => isNonNullType(argument.type) || random() < 0.3)
        const given = args.length === 0 ? '' : `(${args.map(({ name, type }) => `${name}: ${literal(type, name)}`).join(', ')})`
        // Arguments differ, so every field gets a name of its own.
        aliases += 1
        parts.push(`a${aliases}: ${field.name}${given}${isCompositeType(below) ? ` ${selection(below, depth + 1)}` : ''}`)
      }
    }
    if (parts.length === 0) parts.push('__typename')
    return `{ ${parts.join(' ')} }`
  }

  function literal(type: GraphQLInputType, name: string): string {
    if (isNonNullType(type)) return literal(type.ofType, name)
    if (isListType(type)) return `[${literal(type.ofType, name)}]`
    if (isEnumType(type)) return pick(type.getValues()).name
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter(field => isNonNullType(field.type) || random() < 0.2)
      return `{ ${fields.map(field => `${field.name}: ${literal(field.type, field.name)}`).join(', ')} }`
    }
    if (name === 'first') return String(1 + Math.floor(random() * 5))
    if (type.name === 'Int') return String(Math.floor(random() * 100))
    if (type.name === 'Float') return (random() * 90).toFixed(3)
    if (type.name === 'Boolean') return String(random() < 0.5)
    if (type.name === 'ID') return `"poi-${Math.floor(random() * 1_000)}"`
    if (type.name === 'DateTime') return '"2026-01-01T00:00:00Z"'
    return '"some text"'
  }

  return `${type} ${selection(root, 0)}`
}
