/**
 * One execution for all subscribers of the same live subscription: each event is resolved once, serialised once, and written to every
 * connection from the same bytes. Nobody waits for anybody: a subscriber whose connection is too far behind has to leave.
 */
import type { EventStream } from './event-stream.ts'
import { type FrameTemplate, fillTemplate, frameTemplate } from './frame.ts'
import type { LiveEvent } from './live-stream.ts'
import type { Subscriber } from './subscriber.ts'
import type { Turn } from './turn.ts'

export interface SharedStreamOptions {
  readonly stream: EventStream<LiveEvent>
  /** the position that the stream has come to; undefined when it has just begun */
  readonly cursor: string | undefined
  readonly turn: Turn
  /** The JSON of an event as clients get it. */
  readonly serialise: (event: LiveEvent) => Buffer
  /** bytes that may wait for one connection */
  readonly backlogBytes: number
  /** Ends the execution that feeds it. */
  readonly release: () => void
  /** Takes over a subscriber that is too far behind; its `cursor` is the last position it was given. */
  readonly onBehind: (subscriber: Subscriber) => void
  /** The stream is over: it ended, or its last subscriber left. Its subscribers have been told. */
  readonly onEnd: () => void
}

export class SharedStream {
  readonly #options: SharedStreamOptions
  readonly #members = new Set<Subscriber>()
  /** events of this turn of the event loop, not handed to anybody yet */
  #waiting: Buffer[] = []
  #cursor: string | undefined
  #isOver = false

  /** Begins with one subscriber and ends when the last one has left. */
  constructor(first: Subscriber, options: SharedStreamOptions) {
    this.#options = options
    this.#cursor = options.cursor
    this.join(first)
    void this.#run()
  }

  /** the position after the last event */
  get cursor(): string | undefined {
    return this.#cursor
  }

  /** The subscriber gets every event from now on. */
  join(subscriber: Subscriber): void {
    this.#hand()
    subscriber.cursor = this.#cursor
    this.#members.add(subscriber)
    subscriber.release = () => this.#leave(subscriber)
  }

  #leave(subscriber: Subscriber): void {
    this.#members.delete(subscriber)
    if (this.#members.size === 0) this.close()
  }

  /** Its subscribers are told that there is no more. */
  close(): void {
    this.#end(subscriber => subscriber.complete())
    this.#options.release()
  }

  async #run(): Promise<void> {
    const { stream, serialise, turn } = this.#options
    try {
      for (;;) {
        const step = await stream.next()
        if (this.#isOver) return
        if (step.done === true) return this.#end(subscriber => subscriber.complete())
        this.#cursor = step.value.cursor ?? this.#cursor
        if (this.#waiting.length === 0) turn.hand(() => this.#hand())
        this.#waiting.push(serialise(step.value))
      }
    } catch (error) {
      this.#end(subscriber => subscriber.fail(error instanceof Error ? error : new Error(String(error))))
    }
  }

  /** Gives the waiting events to every member's connection. */
  #hand(): void {
    if (this.#waiting.length === 0) return
    const events = this.#waiting
    this.#waiting = []
    const templates = new Map<number, FrameTemplate>()
    for (const member of this.#members) {
      const { connection, id } = member
      if (connection.backlog > this.#options.backlogBytes) {
        this.#leave(member)
        this.#options.onBehind(member)
        continue
      }
      const template = templates.get(id.length) ?? frameTemplate(events, id.length)
      templates.set(id.length, template)
      connection.enqueue(fillTemplate(template, id))
      member.cursor = this.#cursor
    }
  }

  #end(tell: (subscriber: Subscriber) => void): void {
    if (this.#isOver) return
    this.#hand()
    this.#isOver = true
    const members = [...this.#members]
    this.#members.clear()
    this.#options.onEnd()
    for (const member of members) tell(member)
  }
}
