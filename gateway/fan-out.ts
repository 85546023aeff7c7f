/**
 * Who feeds which subscriber. Everyone begins with an execution of their own, which waits for their connection. Whoever has come to the
 * live end of a stream shares it: the first one's execution becomes the shared one, and the others join it as soon as they stand at its
 * position. Who falls behind goes on alone from its own position, and joins again when it has caught up.
 */
import type { ExecutionResult } from 'graphql'
import type { Gauge } from 'prom-client'
import { asGraphQLError, clientError } from '#runtime/client-error.ts'
import { PoiError } from '#runtime/errors.ts'
import type { Logger } from '#runtime/logger.ts'
import type { Connection } from './connection.ts'
import { type EventStream, isEventStream } from './event-stream.ts'
import type { Execution } from './execution.ts'
import { fillTemplate, frameTemplate } from './frame.ts'
import { type LiveEvent, openLiveStream } from './live-stream.ts'
import type { Variables } from './live-subscription.ts'
import type { Operation } from './operations.ts'
import { SharedStream } from './shared-stream.ts'
import { Subscriber } from './subscriber.ts'
import type { Turn } from './turn.ts'

export interface FanOut extends AsyncDisposable {
  /** Resolves with the subscriber, to be iterated until it ends, or with why the subscription cannot begin. */
  subscribe(request: SubscribeRequest): Promise<Subscriber | ExecutionResult>
}

export interface SubscribeRequest {
  readonly connection: Connection
  /** as the client named it */
  readonly id: string
  /** the client's document, which tells subscriptions apart */
  readonly text: string
  readonly operation: Operation
  readonly variables: Variables
  readonly correlationId: string
}

export interface FanOutOptions {
  readonly execution: Execution
  readonly turn: Turn
  readonly logger: Logger
  readonly active: Gauge
  /** bytes that may wait for one connection before its subscribers are fed by themselves; 1 MiB unless told */
  readonly backlogBytes?: number | undefined
}

export function openFanOut({ execution, turn, logger, active, backlogBytes = 1_048_576 }: FanOutOptions): FanOut {
  /** By everything that makes subscriptions the same but the position. */
  const streams = new Map<string, SharedStream>()
  const closed = (stream: EventStream<LiveEvent>) => {
    stream.return().catch((err: unknown) => logger.warn({ err }, 'A stream did not close'))
  }
  const serialise = ({ result: { data, errors } }: LiveEvent, correlationId: string): Buffer => {
    const masked = errors?.map(error => clientError(error, { correlationId, logger }))
    return Buffer.from(JSON.stringify({ data, errors: masked }))
  }

  /** Feeds a subscriber from an execution of its own, no faster than its connection takes the events, until it can share. */
  async function feed(subscriber: Subscriber, stream: EventStream<LiveEvent>, request: SubscribeRequest, isLive: boolean): Promise<void> {
    const { connection } = subscriber
    const { correlationId } = request
    const key = keyOf(request)
    subscriber.release = () => closed(stream)
    if (isLive && mayShare(key)) return share(key, subscriber, stream, request)
    try {
      for (;;) {
        await connection.room()
        const waiting = watchTurn()
        const step = await stream.next()
        if (subscriber.isOver) return
        if (step.done === true) return subscriber.complete()
        const event = frameTemplate([serialise(step.value, correlationId)], subscriber.id.length)
        connection.enqueue(fillTemplate(event, subscriber.id))
        subscriber.cursor = step.value.cursor ?? subscriber.cursor
        const others = key === undefined ? undefined : streams.get(key)
        // At the same position the same events follow.
        if (others?.cursor !== undefined && others.cursor === step.value.cursor) {
          closed(stream)
          return others.join(subscriber)
        }
        // It had to wait for this one, so it was at the end of the stream.
        if (waiting.isOver() && mayShare(key)) return share(key, subscriber, stream, request)
      }
    } catch (error) {
      closed(stream)
      subscriber.fail(asGraphQLError(error))
    }
  }

  function mayShare(key: string | undefined): key is string {
    return key !== undefined && !streams.has(key)
  }

  function share(key: string, first: Subscriber, stream: EventStream<LiveEvent>, { correlationId }: SubscribeRequest): void {
    const shared: SharedStream = new SharedStream(first, {
      stream,
      release: () => closed(stream),
      cursor: first.cursor,
      turn,
      serialise: event => serialise(event, correlationId),
      backlogBytes,
      onBehind: subscriber => subscriber.goAlone(),
      onEnd: () => {
        if (streams.get(key) === shared) streams.delete(key)
      },
    })
    streams.set(key, shared)
  }

  /** Goes on behind the last position that a subscriber was given. */
  async function goAlone(subscriber: Subscriber, request: SubscribeRequest): Promise<void> {
    if (subscriber.cursor === undefined) {
      const reason = 'The subscriber read too slowly, and no position is known from which it could go on.'
      return subscriber.fail(new PoiError('SLOW_CONSUMER', reason))
    }
    try {
      subscriber.release = () => {}
      const stream = await openLiveStream(execution, logger, { ...request, after: subscriber.cursor })
      if (!isEventStream<LiveEvent>(stream)) return subscriber.fail(asGraphQLError(stream.errors?.[0]))
      if (subscriber.isOver) return closed(stream)
      await feed(subscriber, stream, request, false)
    } catch (error) {
      subscriber.fail(asGraphQLError(error))
    }
  }

  return {
    subscribe: async request => {
      const { connection, id, operation, variables } = request
      const after = operation.live?.after(variables)
      const stream = await openLiveStream(execution, logger, { ...request, after })
      if (!isEventStream<LiveEvent>(stream)) return stream
      active.inc()
      const subscriber: Subscriber = new Subscriber(connection, id, {
        onBehind: () => void goAlone(subscriber, request),
        onEnd: () => active.dec(),
      })
      void feed(subscriber, stream, request, after === undefined)
      return subscriber
    },
    [Symbol.asyncDispose]: async () => {
      for (const stream of streams.values()) stream.close()
    },
  }
}

/** Undefined for what has no cursors: it may begin with a state of its own (a snapshot, a countdown), which who joins later would miss. */
function keyOf({ text, operation: { live, definition }, variables }: SubscribeRequest): string | undefined {
  if (live === undefined) return undefined
  return JSON.stringify([text, definition.name?.value, live.variables(variables, undefined)])
}

/** Tells whether a turn of the event loop has passed since. */
function watchTurn(): { readonly isOver: () => boolean } {
  let over = false
  setImmediate(() => {
    over = true
  })
  return { isOver: () => over }
}
