import { setImmediate as nextTurn } from 'node:timers/promises'
import { checkHeld, type Reader } from './log.sqlite.reader.ts'
import type { Watch } from './log.sqlite.watch.ts'
import { type Batch, LogError, type Tail, type TailRequest } from './log.ts'

const MAX_BYTES = 256 * 1024

/** Reads a topic for whoever asks; all tails of an open log share its watch, so a waiting tail costs nothing. */
export class SqliteTail implements Tail {
  readonly #reader: Reader
  readonly #watch: Watch
  readonly #closing: AbortSignal

  constructor(reader: Reader, watch: Watch, closing: AbortSignal) {
    this.#reader = reader
    this.#watch = watch
    this.#closing = closing
  }

  async *read(request: TailRequest): AsyncGenerator<Batch, void, undefined> {
    if (this.#closing.aborted) throw new LogError('CLOSED', 'The log is closed.')
    const signal = AbortSignal.any([request.signal, this.#closing])
    if (signal.aborted) return
    const topic = this.#reader.topic(request.topic)
    const partitions = request.partitions ?? Array.from({ length: topic.partitions }, (_, partition) => partition)
    const lanes = partitions.map(partition => this.#reader.lane(topic, partition))
    const positions = this.#begin(request, partitions)
    const bounds = { maxRecords: Number.POSITIVE_INFINITY, maxBytes: request.maxBytes ?? MAX_BYTES }
    using bell = this.#watch.bell(lanes, signal)
    for (;;) {
      let found = false
      for (const [index, partition] of partitions.entries()) {
        const position = positions[index] ?? 0
        const end = this.#watch.end(lanes[index] ?? 0)
        if (end <= position) continue
        const batch = this.#reader.batch(topic, partition, position, end, bounds)
        positions[index] = batch.next
        found = true
        if (batch.records.length === 0) continue
        yield batch
        // A reader that catches up must leave the event loop its turns.
        await nextTurn()
        if (signal.aborted) return
      }
      if (!found) await bell.rung()
      if (signal.aborted) return
    }
  }

  #begin({ topic: name, from }: TailRequest, partitions: readonly number[]): number[] {
    const topic = this.#reader.topic(name)
    const ends = this.#reader.ends(topic)
    const start = from === 'earliest' ? ends.earliest : from === 'latest' ? ends.latest : from
    if (start.length !== topic.partitions)
      throw new RangeError(`${name} has ${topic.partitions} partitions, but ${start.length} positions came.`)
    return partitions.map(partition => {
      const position = start[partition] ?? 0
      checkHeld(topic, partition, position, ends)
      return position
    })
  }
}
