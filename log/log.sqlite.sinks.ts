import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Backoff } from './backoff.ts'
import type { Connection } from './log.sqlite.connection.ts'
import { runOwned } from './log.sqlite.ownership.ts'
import type { Claim } from './log.sqlite.protocol.ts'
import { checkHeld, type Reader, type Topic } from './log.sqlite.reader.ts'
import type { Runs } from './log.sqlite.runs.ts'
import type { Watch } from './log.sqlite.watch.ts'
import { LogError, type SinkFeed, type SinkTask } from './log.ts'
import { Pace } from './pace.ts'

const BOUNDS = { maxRecords: 1_000, maxBytes: 512 * 1024 }

/** Between rounds of batches that are not full: a sink's commit costs more than a short wait. */
const PACE_MS = 20

/** Feeds sinks, which keep their own positions; the claim only sees to it that a partition has one task at a time. */
export class SqliteSinks implements SinkFeed {
  readonly #connection: Connection
  readonly #reader: Reader
  readonly #watch: Watch
  readonly #runs: Runs
  readonly #backoff: Backoff
  readonly #pace = new Pace(PACE_MS)

  constructor(connection: Connection, reader: Reader, watch: Watch, runs: Runs, backoff: Backoff) {
    this.#connection = connection
    this.#reader = reader
    this.#watch = watch
    this.#runs = runs
    this.#backoff = backoff
  }

  run({ topic: name, group, open, signal, onRetry }: Parameters<SinkFeed['run']>[0]): Promise<void> {
    return this.#runs.track(signal, async signal => {
      const topic = this.#reader.topic(name)
      const claims = await this.#connection.ask('claim', { group, partitions: topic.partitions, lanes: [] })
      await runOwned<SinkTask>({
        claims,
        open: ({ partition }) => open(partition),
        drive: (task, claim, progressed, signal) => this.#feed(topic, task, claim, progressed, signal),
        onRetry,
        backoff: this.#backoff,
        gone: () => this.#connection.ended,
        signal,
      })
    })
  }

  async #feed(
    topic: Topic,
    task: SinkTask,
    { partition, owner, epoch }: Claim,
    progressed: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const ends = this.#reader.ends(topic)
    let position = task.start ?? ends.earliest[partition] ?? 0
    checkHeld(topic, partition, position, ends)
    const lane = topic.firstLane + partition
    using bell = this.#watch.bell([lane], signal)
    while (!signal.aborted) {
      const end = this.#watch.end(lane)
      if (end <= position) {
        await bell.rung()
        continue
      }
      if (end - position < BOUNDS.maxRecords) await this.#pace.round()
      if (signal.aborted) return
      const batch = this.#reader.batch(topic, partition, position, this.#watch.end(lane), BOUNDS)
      if (batch.records.length > 0) {
        if (this.#reader.epoch(owner) !== epoch) throw new LogError('FENCED', 'Another sink of this group has taken the partition over.')
        await task.write(batch)
        progressed()
        // A sink that writes without waiting must leave the event loop its turns.
        await nextTurn()
      }
      position = batch.next
    }
  }
}
