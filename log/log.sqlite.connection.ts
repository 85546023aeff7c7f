import type { MessagePort, Transferable } from 'node:worker_threads'
import type { Ask, Kind, News, Requests } from './log.sqlite.protocol.ts'
import type { Watch } from './log.sqlite.watch.ts'
import { LogError } from './log.ts'

/** One thread's line to the writer thread: asks, and is told what moved. What is asked within one turn of the event loop goes as one message. */
export class Connection {
  readonly #port: MessagePort
  readonly #watch: Watch
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  #lastId = 0
  #asks: Ask[] = []
  #transfer: Transferable[] = []
  #ended: LogError | undefined

  constructor(port: MessagePort, watch: Watch) {
    this.#port = port
    this.#watch = watch
    port.on('message', (news: News) => this.#hear(news))
    port.on('close', () => this.end(new LogError('UNAVAILABLE', 'The writer thread of the log has ended.')))
  }

  /** @throws LogError what the writer refused, UNAVAILABLE when the file cannot be written or the writer thread died */
  ask<K extends Kind>(kind: K, ask: Requests[K]['ask'], transfer: Transferable[] = []): Promise<Requests[K]['answer']> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended)
    this.#lastId += 1
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(this.#lastId, waiting)
    if (this.#asks.push({ id: this.#lastId, kind, ...ask } as unknown as Ask) === 1) setImmediate(() => this.#send())
    this.#transfer.push(...transfer)
    return waiting.promise as Promise<Requests[K]['answer']>
  }

  /** Whether the writer is gone for good. */
  get ended(): boolean {
    return this.#ended !== undefined
  }

  /** Everything asked and not answered fails, and everything asked from now on. The first reason stays. */
  end(reason: LogError): void {
    if (this.#ended !== undefined) return
    this.#ended = reason
    for (const { reject } of this.#waiting.values()) reject(reason)
    this.#waiting.clear()
    this.#watch.fail(reason)
    this.#port.close()
  }

  #send(): void {
    const [asks, transfer] = [this.#asks, this.#transfer]
    this.#asks = []
    this.#transfer = []
    if (this.#ended === undefined) this.#port.postMessage(asks, transfer)
  }

  #hear({ answers, moved, closed }: News): void {
    this.#watch.moved(moved)
    for (const answer of answers) {
      const waiting = this.#waiting.get(answer.id)
      this.#waiting.delete(answer.id)
      if ('ok' in answer) waiting?.resolve(answer.ok)
      else waiting?.reject(new LogError(answer.error.code, answer.error.message, { cause: answer.error.cause }))
    }
    if (closed === true) this.end(new LogError('CLOSED', 'The log is closed.'))
  }
}
