import type { Connection } from './log.sqlite.connection.ts'
import type { Reader, Topic } from './log.sqlite.reader.ts'
import { type Appender, type AppendOptions, LogError, type NewRecord, type Position } from './log.ts'
import { checkRecordSize, RecordPacker, type Section } from './packed-records.ts'

export interface AppendLimits {
  /** Records and bytes that may be on their way to the file; an append beyond is refused. */
  readonly maxInFlightRecords: number
  readonly maxInFlightBytes: number
}

const DEADLINE_MS = 2_000

interface Call {
  readonly topic: Topic
  readonly records: readonly NewRecord[]
  readonly bytes: number
  readonly answer: PromiseWithResolvers<readonly Position[]>
  /** Given up before it was sent: it must not be. */
  settled: boolean
}

/** Gathers the appends of one turn of the event loop into one message to the writer, which gathers those of all threads into one commit. */
export class SqliteAppender implements Appender {
  readonly #connection: Connection
  readonly #reader: Reader
  readonly #limits: AppendLimits
  #gathered: Call[] = []
  #records = 0
  #bytes = 0
  readonly #flying = new Set<Promise<void>>()
  #closed = false

  constructor(connection: Connection, reader: Reader, limits: AppendLimits) {
    this.#connection = connection
    this.#reader = reader
    this.#limits = limits
  }

  async append(
    name: string,
    records: readonly NewRecord[],
    { signal, deadlineMs = DEADLINE_MS }: AppendOptions = {},
  ): Promise<readonly Position[]> {
    if (this.#closed) throw new LogError('CLOSED', 'The log is closed.')
    const topic = this.#reader.topic(name)
    const bytes = this.#admit(topic, records)
    if (records.length === 0) return []
    if (signal?.aborted) throw gaveUp('was aborted before it was sent')
    const call: Call = { topic, records, bytes, answer: Promise.withResolvers(), settled: false }
    if (this.#gathered.push(call) === 1) setImmediate(() => this.#send())
    this.#records += records.length
    this.#bytes += bytes

    const giveUp = (why: string) => {
      call.settled = true
      call.answer.reject(gaveUp(why))
    }
    const timer = setTimeout(giveUp, deadlineMs, `had no answer within ${deadlineMs} ms`)
    const onAbort = () => giveUp('was aborted')
    signal?.addEventListener('abort', onAbort)
    try {
      return await call.answer.promise
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
    }
  }

  /** Refuses new appends and waits for what is on its way. */
  async close(): Promise<void> {
    this.#closed = true
    this.#send()
    await Promise.all(this.#flying)
  }

  #admit(topic: Topic, records: readonly NewRecord[]): number {
    let bytes = 0
    for (const { partition, key, value } of records) {
      this.#reader.lane(topic, partition)
      bytes += checkRecordSize(key, value)
    }
    const { maxInFlightRecords, maxInFlightBytes } = this.#limits
    if (records.length > maxInFlightRecords || bytes > maxInFlightBytes) {
      throw new LogError(
        'TOO_LARGE',
        `${records.length} records of ${bytes} bytes at once are over the limit of ${maxInFlightRecords} records and ${maxInFlightBytes} bytes.`,
      )
    }
    if (this.#records + records.length > maxInFlightRecords || this.#bytes + bytes > maxInFlightBytes) {
      throw new LogError('OVERLOADED', `${this.#records} records of ${this.#bytes} bytes wait to be written; nothing of this append was.`)
    }
    return bytes
  }

  #send(): void {
    const calls = this.#gathered
    if (calls.length === 0) return
    this.#gathered = []
    const flight = this.#fly(calls).finally(() => this.#flying.delete(flight))
    this.#flying.add(flight)
  }

  async #fly(calls: readonly Call[]): Promise<void> {
    const live = calls.filter(({ settled }) => !settled)
    try {
      const packer = new RecordPacker()
      for (const { topic, records } of live) {
        for (const { partition, key, value } of records) packer.add(topic.firstLane + partition, key, value)
      }
      const { block, sections } = packer.pack()
      const bases = sections.length === 0 ? [] : await this.#connection.ask('append', { block, sections }, [block.buffer])
      const offsets = offsetsByLane(sections, bases)
      for (const { topic, records, answer } of live) {
        answer.resolve(records.map(({ partition }) => ({ partition, offset: offsets.get(topic.firstLane + partition)?.next().value ?? 0 })))
      }
    } catch (error) {
      for (const { answer } of live) answer.reject(error)
    } finally {
      for (const { records, bytes } of calls) {
        this.#records -= records.length
        this.#bytes -= bytes
      }
    }
  }
}

/** Section by section, a lane's records were packed in the order of the calls. */
const offsetsByLane = (sections: readonly Section[], bases: readonly number[]): ReadonlyMap<number, Generator<number, void, undefined>> => {
  const runs = Map.groupBy(
    sections.map(({ lane, count }, index) => ({ lane, count, base: bases[index] ?? 0 })),
    ({ lane }) => lane,
  )
  return new Map(Array.from(runs, ([lane, own]) => [lane, offsetsOf(own)]))
}

function* offsetsOf(runs: readonly { readonly base: number; readonly count: number }[]): Generator<number, void, undefined> {
  for (const { base, count } of runs) for (let index = 0; index < count; index++) yield base + index
}

const gaveUp = (why: string): LogError => new LogError('DEADLINE_EXCEEDED', `The append ${why}; whether it was written is unknown.`)
