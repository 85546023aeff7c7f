/** A small subgraph for tests, as far from POIs as the gateway must be: `news` has a live stream and mutations. */
import { PoiError } from '#runtime/errors.ts'
import type { Subgraph } from '#runtime/subgraph.ts'
import { LINK, subgraphOf } from './subgraph.fixture.ts'

export const NEWS = `${LINK}
  scalar Cursor
  interface Event { cursor: Cursor! }
  type Changed implements Event { cursor: Cursor! number: Int! text: String! item: Item! }
  type Beat implements Event { cursor: Cursor! }
  type Item @key(fields: "id", resolvable: false) { id: ID! name: String! @shareable }
  type Count { value: Int! }
  type Subscription { changes(after: Cursor, topic: String): Event!  countdown(from: Int!): Count! broken: Count! }
  type Query { newest: Int! headline: Item! fail(code: String): Int }
  type Mutation { publish(text: String!): Int! publishAll(inputs: [NewsInput!]!): [Published!]! }
  input NewsInput { id: ID! text: String! at: At! tags: [String!] note: String }
  input At { x: Float! y: Float! }
  union Published = Accepted | Refused
  type Accepted { id: ID! receipt: String! }
  type Refused { id: ID reason: String! }
`

/** A log of numbered lines that subscriptions read: cursor `n` stands behind line `n`. */
export interface News extends Subgraph {
  publish(...texts: readonly string[]): void
  /** live streams that read now */
  readonly readers: number
  /** live streams opened so far */
  readonly opened: number
  /** Ends every live stream with an error. */
  breakStreams(error: Error): void
}

export function openNews(): News {
  const lines: string[] = []
  const readers = new Set<{ wake: () => void; fail: (error: Error) => void }>()
  let opened = 0

  function read(after: string | undefined, greet: boolean): AsyncIterableIterator<unknown> {
    opened += 1
    let at = after === undefined ? lines.length : Number(after)
    let greeting = greet
    let waiting: PromiseWithResolvers<IteratorResult<unknown>> | undefined
    let over = false
    let failure: Error | undefined
    const take = (): unknown => {
      if (greeting) {
        greeting = false
        return { __typename: 'Beat', cursor: String(at) }
      }
      const text = lines[at]
      if (text === undefined) return undefined
      at += 1
      return { __typename: 'Changed', cursor: String(at), number: at, text, item: { id: String(at), name: `named ${at}` } }
    }
    const reader = {
      wake: () => {
        if (waiting === undefined) return
        const changes = take()
        if (changes === undefined) return
        waiting.resolve({ done: false, value: { changes } })
        waiting = undefined
      },
      fail: (error: Error) => {
        failure = error
        readers.delete(reader)
        waiting?.reject(error)
      },
    }
    readers.add(reader)
    const iterator: AsyncIterableIterator<unknown> = {
      next: () => {
        if (failure !== undefined) return Promise.reject(failure)
        if (over) return Promise.resolve({ done: true, value: undefined })
        const changes = take()
        if (changes !== undefined) return Promise.resolve({ done: false, value: { changes } })
        waiting = Promise.withResolvers()
        return waiting.promise
      },
      return: async () => {
        over = true
        readers.delete(reader)
        waiting?.resolve({ done: true, value: undefined })
        return { done: true, value: undefined }
      },
      [Symbol.asyncIterator]: () => iterator,
    }
    return iterator
  }

  const publish = (...texts: readonly string[]) => {
    lines.push(...texts)
    for (const reader of readers) reader.wake()
  }
  const resolvers = {
    Event: { __resolveType: (event: { __typename: string }) => event.__typename },
    Published: { __resolveType: (published: object) => ('receipt' in published ? 'Accepted' : 'Refused') },
    Query: {
      newest: () => lines.length,
      headline: () => ({ id: '7', name: 'named 7' }),
      fail: (_: unknown, { code }: { code?: 'OVERLOADED' }) => {
        if (code !== undefined) throw new PoiError(code, 'Too much at once.', { cause: new Error('secret host db.internal') })
        throw new Error('secret host db.internal')
      },
    },
    Mutation: {
      publish: (_: unknown, { text }: { text: string }) => {
        publish(text)
        return lines.length
      },
      publishAll: (_: unknown, { inputs }: { inputs: readonly { id: string }[] }) =>
        inputs.map(({ id }) => ({ id, receipt: `receipt of ${id}` })),
    },
    Subscription: {
      changes: {
        subscribe: (_: unknown, { after }: { after?: string | null }) => {
          if (after === 'forged') throw new PoiError('CURSOR_INVALID', 'The cursor was not made by this platform.')
          return read(after ?? undefined, after === undefined || after === null)
        },
      },
      countdown: {
        subscribe: async function* (_: unknown, { from }: { from: number }) {
          for (let value = from; value > 0; value -= 1) yield { countdown: { value } }
        },
      },
      broken: {
        // biome-ignore lint/correctness/useYield: it fails before its first event
        subscribe: async function* () {
          throw new Error('secret host db.internal')
        },
      },
    },
  }
  return {
    ...subgraphOf('news', NEWS, resolvers),
    publish,
    get readers() {
      return readers.size
    },
    get opened() {
      return opened
    },
    breakStreams: error => {
      for (const reader of [...readers]) reader.fail(error)
    },
  }
}
