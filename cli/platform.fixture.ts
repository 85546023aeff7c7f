import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { buildSchema, GraphQLError, type GraphQLSchema, graphql } from 'graphql'
import { useServer } from 'graphql-ws/use/ws'
import { WebSocketServer } from 'ws'
import type { ErrorCode } from '#runtime/errors.ts'
import { PoiError } from '#runtime/errors.ts'
import { parsePoiInput } from '#schema/poi-input.ts'
import { parseInstant } from '#schema/time.ts'
import type { PoiInput } from './import/row.ts'

/** What outlives a restart of the platform: every accepted record, in the order of acceptance. Cursor `c3` lies behind the third. */
export interface PlatformState {
  readonly accepted: PoiInput[]
  /** the oldest cursor still held is `c<oldest>` */
  oldest: number
}

export interface Platform extends AsyncDisposable {
  readonly url: string
  readonly port: number
  readonly state: PlatformState
  /** the ids of each `submitPois`, as they came in */
  readonly batches: (readonly string[])[]
  /** Called before a batch is judged; what it throws is the answer. */
  onSubmit: ((inputs: readonly PoiInput[]) => void | Promise<void>) | undefined
  /** Waits until `count` records are accepted. */
  acceptedAtLeast(count: number): Promise<void>
  /** Adds a change as if someone had sent it. */
  add(input: PoiInput): void
  /** Tells every subscriber of a gap. */
  gap(dropped: number): void
}

/** A system fault as the platform answers it. */
export function fault(code: ErrorCode, message: string, details: Readonly<Record<string, unknown>> = {}): GraphQLError {
  const { extensions } = new PoiError(code, message, { details })
  return new GraphQLError(message, { extensions })
}

const publicSchema = (): GraphQLSchema =>
  buildSchema(readFileSync(new URL('../schema/supergraph.graphql', import.meta.url), 'utf8'), { assumeValidSDL: true })

/**
 * A small GraphQL server over HTTP and WebSocket with the platform's own composed schema, so that a test also proves the client's documents
 * against the public contract. It judges records with the platform's own parser and keeps them in memory.
 */
export async function startPlatform(options: { readonly port?: number; readonly state?: PlatformState } = {}): Promise<Platform> {
  const schema = publicSchema()
  const state: PlatformState = options.state ?? { accepted: [], oldest: 0 }
  const changed = new EventEmitter()
  changed.setMaxListeners(0)
  const gaps: number[] = []
  const sockets = new Set<Socket>()

  const rootValue = {
    async submitPois({ inputs }: { readonly inputs: readonly PoiInput[] }) {
      platform.batches.push(inputs.map(({ id }) => id))
      await platform.onSubmit?.(inputs)
      const results = inputs.map(input => {
        const parsed = parsePoiInput({ ...input, timestamp: parseInstant(input.timestamp) ?? 0 }, Date.now() * 1_000)
        if (!parsed.ok) return { __typename: 'PoiRefused', id: parsed.id, faults: parsed.faults }
        state.accepted.push(input)
        return { __typename: 'PoiAccepted', id: input.id, receipt: 'r', acceptedAt: input.timestamp }
      })
      changed.emit('change')
      const accepted = results.filter(({ __typename }) => __typename === 'PoiAccepted').length
      return { results, accepted, refused: inputs.length - accepted }
    },
    poi: ({ id }: { readonly id: string }) => latest(state).find(poi => poi.id === id) ?? null,
    pois({
      filter,
      first,
    }: {
      readonly filter?: { readonly ids?: readonly string[]; readonly categories?: readonly string[] }
      readonly first: number
    }) {
      const found = latest(state).filter(
        ({ id, category }) => (filter?.ids?.includes(id) ?? true) && (filter?.categories?.includes(category) ?? true),
      )
      const edges = found.slice(0, first).map(node => ({ cursor: node.id, node }))
      return {
        edges,
        totalCount: found.length,
        asOf: cursorAt(state.accepted.length),
        pageInfo: { hasNextPage: found.length > first, hasPreviousPage: false, endCursor: edges.at(-1)?.cursor },
      }
    },
    pipelineStatus: () => ({
      log: 'memory',
      lagRecords: 0,
      processed: state.accepted.length,
      subscribers: 0,
      rulesVersion: 1,
      asOf: cursorAt(state.accepted.length),
    }),
    storeStatus: () => ({ records: engine(state), search: engine(state) }),
    async *poiChanges({ after }: { readonly after?: string }) {
      let next = after === undefined ? state.accepted.length : Number(/^c(\d+)$/.exec(after)?.[1] ?? Number.NaN)
      if (Number.isNaN(next)) throw fault('CURSOR_INVALID', 'The cursor was not made by this platform.')
      if (next < state.oldest) throw fault('CURSOR_EXPIRED', 'The log no longer holds it.', { oldestCursor: cursorAt(state.oldest) })
      let toldGaps = gaps.length
      while (true) {
        const more = once(changed, 'change')
        for (; next < state.accepted.length; next++) yield { poiChanges: changeAt(state, next) }
        for (; toldGaps < gaps.length; toldGaps++)
          yield {
            poiChanges: {
              __typename: 'StreamGap',
              cursor: cursorAt(next),
              dropped: gaps[toldGaps],
              from: cursorAt(next),
              to: cursorAt(next),
            },
          }
        await more
      }
    },
  }

  const server = createServer(async (request, response) => {
    const { query, variables } = JSON.parse(await text(request)) as { readonly query: string; readonly variables: Record<string, unknown> }
    const answer = await graphql({ schema, source: query, variableValues: variables, rootValue })
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer))
  })
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  const webSockets = new WebSocketServer({ server, path: '/graphql' })
  useServer({ schema, roots: { subscription: { poiChanges: rootValue.poiChanges } } }, webSockets)
  server.listen(options.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  const platform: Platform = {
    url: `http://127.0.0.1:${port}/graphql`,
    port,
    state,
    batches: [],
    onSubmit: undefined,
    async acceptedAtLeast(count) {
      while (state.accepted.length < count) await once(changed, 'change')
    },
    add(input) {
      state.accepted.push(input)
      changed.emit('change')
    },
    gap(dropped) {
      gaps.push(dropped)
      changed.emit('change')
    },
    async [Symbol.asyncDispose]() {
      const closed = once(server, 'close')
      server.close()
      // As a killed process would: no goodbye.
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
  return platform
}

const cursorAt = (position: number) => `c${position}`

function engine(state: PlatformState) {
  return { engine: 'memory', healthy: true, lagRecords: 0, lagSeconds: 0, asOf: cursorAt(state.accepted.length) }
}

function latest(state: PlatformState) {
  const byId = new Map<string, { readonly input: PoiInput; readonly version: number }>()
  for (const input of state.accepted) byId.set(input.id, { input, version: (byId.get(input.id)?.version ?? 0) + 1 })
  return [...byId.values()].map(({ input, version }) => poiOf(input, version))
}

function poiOf(input: PoiInput, version: number) {
  const history = () => ({ edges: [], pageInfo: { hasNextPage: false, hasPreviousPage: false } })
  return { ...input, version, status: input.status ?? 'OPEN', removed: false, updatedAt: input.timestamp, history }
}

function versionAt({ accepted }: PlatformState, index: number): number {
  const id = accepted[index]?.id
  return accepted.slice(0, index + 1).filter(input => input.id === id).length
}

function changeAt(state: PlatformState, index: number) {
  const input = state.accepted[index]
  const version = versionAt(state, index)
  return {
    __typename: 'PoiChange',
    cursor: cursorAt(index + 1),
    eventId: `e${index}`,
    kind: version === 1 ? 'CREATED' : 'UPDATED',
    version,
    occurredAt: input?.timestamp,
    processedAt: input?.timestamp,
    rulesVersion: 1,
    poi: input && poiOf(input, version),
  }
}
