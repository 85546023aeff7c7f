/**
 * One subscription of one client. The protocol's library iterates over it, and so knows when it ends; the events take a shorter way and
 * are written to the connection as frames.
 */
import type { Connection } from './connection.ts'
import { idBytes } from './frame.ts'

export interface SubscriberEvents {
  readonly onBehind: () => void
  /** Once, however it ends. */
  readonly onEnd: () => void
}

export class Subscriber implements AsyncGenerator<never, void, void> {
  readonly connection: Connection
  readonly id: Buffer
  /** the position after the last event handed to the connection */
  cursor: string | undefined
  /** Releases what feeds it. Set by whoever feeds it at the moment. */
  release: () => void = () => {}
  #isOver = false
  readonly #end = Promise.withResolvers<IteratorResult<never, void>>()
  readonly #events: SubscriberEvents

  constructor(connection: Connection, id: string, events: SubscriberEvents) {
    this.connection = connection
    this.id = idBytes(id)
    this.#events = events
    // Nobody may be iterating yet when it fails.
    this.#end.promise.catch(() => {})
  }

  get isOver(): boolean {
    return this.#isOver
  }

  /** Its connection is too far behind for a shared stream, which it has left. */
  goAlone(): void {
    this.#events.onBehind()
  }

  /** There are no more events. */
  complete(): void {
    this.#settle(() => this.#end.resolve({ done: true, value: undefined }))
  }

  /** The client is told why there are no more events. */
  fail(error: Error): void {
    this.#settle(() => this.#end.reject(error))
  }

  next(): Promise<IteratorResult<never, void>> {
    return this.#end.promise
  }

  /** The client (or its connection) ended it. */
  async return(): Promise<IteratorResult<never, void>> {
    this.complete()
    return { done: true, value: undefined }
  }

  async throw(error: unknown): Promise<IteratorResult<never, void>> {
    this.complete()
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.complete()
  }

  #settle(settle: () => void): void {
    if (this.#isOver) return
    this.#isOver = true
    this.release()
    this.#events.onEnd()
    settle()
  }
}
