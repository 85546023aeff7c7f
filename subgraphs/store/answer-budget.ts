/**
 * The size of one answer. How many objects a page holds says nothing of their size: a POI may carry 32 kB of attributes, and a document may
 * ask for them under thirty names. So what the resolvers return is counted while the answer is made.
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import {
  defaultFieldResolver,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getNamedType,
  isLeafType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import { PoiError } from '#runtime/errors.ts'

const MAX_BYTES = 16 * 1_048_576 // 16 MiB
/** What a number, a truth value or nothing takes in an answer, about. */
const SMALL = 8
/** ms that the reads of one operation may keep the event loop to themselves */
const SLICE_MS = 4

/** What one operation, or one event of a subscription, may still answer. */
export class AnswerBudget {
  readonly #max: number
  readonly #sizes = new WeakMap<object, number>()
  readonly #failure = new PoiError('PAYLOAD_TOO_LARGE', 'The answer would be larger than 16 MiB; ask for fewer POIs or fewer fields.')
  #bytes = 0
  #lastRead: Promise<unknown> = Promise.resolve()
  #sliceBegan = performance.now()

  constructor(max = MAX_BYTES) {
    this.#max = max
  }

  get isSpent(): boolean {
    return this.#bytes > this.#max
  }

  /** @throws PoiError PAYLOAD_TOO_LARGE when it is spent */
  check(): void {
    if (this.isSpent) throw this.#failure
  }

  /** Counts a field and its value. @throws PoiError PAYLOAD_TOO_LARGE when that is more than is left */
  charge(field: string, value: unknown): void {
    this.#bytes += field.length + this.#sizeOf(value)
    this.check()
  }

  /**
   * Reads one page after the other, however many an operation has beside each other: what a page holds is counted, and what was not asked
   * for is let go of, before the next is read.
   * @throws PoiError PAYLOAD_TOO_LARGE; whatever the read throws
   */
  inTurn<T>(read: () => Promise<T>): Promise<T> {
    const turn = this.#lastRead.then(async () => {
      if (performance.now() - this.#sliceBegan > SLICE_MS) {
        await nextTurn()
        this.#sliceBegan = performance.now()
      }
      this.check()
      return read()
    })
    this.#lastRead = turn.catch(() => {})
    return turn
  }

  #sizeOf(value: unknown): number {
    if (typeof value === 'string') return Buffer.byteLength(value)
    if (typeof value !== 'object' || value === null) return SMALL
    // The attributes of a record are one object under however many names.
    let size = this.#sizes.get(value)
    if (size === undefined) {
      size = Buffer.byteLength(JSON.stringify(value))
      this.#sizes.set(value, size)
    }
    return size
  }
}

/** What the context of a metered schema has. */
export interface Metered {
  readonly answer: AnswerBudget
}

/**
 * Makes every field of a schema count against its operation's budget. Once it is spent, what may be null is null and everything else
 * fails, so that the first field that must not be null ends the answer: there are few errors, and nothing more is read.
 */
export function meterAnswers(schema: GraphQLSchema): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__')) continue
    for (const field of Object.values(type.getFields())) {
      const resolve: GraphQLFieldResolver<unknown, Metered> = field.resolve ?? defaultFieldResolver
      const isLeaf = isLeafType(getNamedType(field.type))
      const isNullable = !isNonNullType(field.type)
      field.resolve = (source: unknown, args: Record<string, unknown>, context: Metered, info) => {
        const { answer } = context
        if (answer.isSpent && isNullable) return null
        answer.check()
        const counted = (value: unknown): unknown => {
          answer.charge(String(info.path.key), isLeaf ? value : null)
          return value
        }
        const value: unknown = resolve(source, args, context, info)
        return value instanceof Promise ? value.then(counted) : counted(value)
      }
    }
  }
  return schema
}
