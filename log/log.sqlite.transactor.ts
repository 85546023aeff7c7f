import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Backoff } from './backoff.ts'
import type { Connection } from './log.sqlite.connection.ts'
import { runOwned } from './log.sqlite.ownership.ts'
import type { Claim } from './log.sqlite.protocol.ts'
import { type Bounds, checkHeld, type Reader, type Topic } from './log.sqlite.reader.ts'
import type { Runs } from './log.sqlite.runs.ts'
import { KeyedState } from './log.sqlite.state.ts'
import { SqliteTx } from './log.sqlite.tx.ts'
import type { Watch } from './log.sqlite.watch.ts'
import { type Batch, LogError, type Positions, type Task, type Transactor } from './log.ts'
import { Pace } from './pace.ts'

/** Between rounds of batches that are not full: what it adds to a record's way, and what makes a steady stream of single records cheap. */
const PACE_MS = 10
const MAX_RECORDS = 1_000
const MAX_BYTES = 1024 * 1024
/** Of keyed state held in memory per partition. */
const STATE_BYTES = 2 * 1024 * 1024

type Request = Parameters<Transactor['run']>[0]

interface OwnedTask extends AsyncDisposable {
  readonly task: Task
  readonly positions: number[]
}

/**
 * Exactly once on one file: outputs, state and position of a batch are one transaction of the writer thread, which accepts it only from
 * the current owner (epoch) and only where the last one ended. So a batch can be judged while the one before it is still on its way to the
 * disk: if that one fails, this one is refused.
 */
export class SqliteTransactor implements Transactor {
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

  run(request: Request): Promise<void> {
    return this.#runs.track(request.signal, async signal => {
      const inputs = request.inputs.map(name => this.#reader.topic(name))
      const partitions = coPartitions(inputs)
      const lanes = inputs.map(({ firstLane }) => Array.from({ length: partitions }, (_, partition) => firstLane + partition))
      const claims = await this.#connection.ask('claim', { group: request.group, partitions, lanes })
      await runOwned<OwnedTask>({
        claims,
        open: async (claim, attempt) => {
          const starts = attempt === 0 ? claim.starts : await this.#resume(claim, inputs)
          const ends = inputs.map(input => this.#reader.ends(input))
          inputs.forEach((input, index) => {
            const inputEnds = ends[index]
            if (inputEnds !== undefined) checkHeld(input, claim.partition, starts[index] ?? 0, inputEnds)
          })
          const task = await request.open(claim.partition, starts)
          return { task, positions: [...starts], [Symbol.asyncDispose]: () => task[Symbol.asyncDispose]() }
        },
        drive: (owned, claim, progressed, signal) => this.#drive(request, inputs, owned, claim, progressed, signal),
        onRetry: request.onRetry,
        backoff: this.#backoff,
        gone: () => this.#connection.ended,
        signal,
      })
    })
  }

  /** What is committed is known for sure only to the writer: after a failure it is asked, and nothing is remembered. */
  #resume({ owner, epoch, partition }: Claim, inputs: readonly Topic[]): Promise<Positions> {
    return this.#connection.ask('resume', { owner, epoch, lanes: inputs.map(({ firstLane }) => firstLane + partition) })
  }

  async #drive(
    { maxRecords = MAX_RECORDS, onCommit }: Request,
    inputs: readonly Topic[],
    { task, positions }: OwnedTask,
    claim: Claim,
    progressed: () => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { partition } = claim
    const state = new KeyedState(this.#reader, claim.owner, STATE_BYTES)
    const committed = [...positions]
    const lanes = inputs.map(({ firstLane }) => firstLane + partition)
    const lag = () => lanes.reduce((sum, lane, index) => sum + Math.max(0, this.#watch.end(lane) - (positions[index] ?? 0)), 0)
    let committing: Promise<void> | undefined
    let turn = 0
    using bell = this.#watch.bell(lanes, signal)
    try {
      while (!signal.aborted) {
        // A batch is judged while the one before it commits only if it is full: a small one grows meanwhile, and costs less per record.
        if (lag() < maxRecords) {
          await committing
          committing = undefined
          if (lag() > 0) await this.#pace.round()
          if (signal.aborted) break
        }
        const started = performance.now()
        const found = this.#next(inputs, partition, positions, turn, { maxRecords, maxBytes: MAX_BYTES })
        if (found === undefined) {
          await bell.rung()
          continue
        }
        const { batch, input } = found
        turn = input + 1
        const tx = new SqliteTx(this.#reader, state, partition)
        try {
          await task.process(batch, tx)
        } finally {
          tx.end()
        }
        await committing
        const transaction = tx.transaction(claim, { input: lanes[input] ?? 0, from: committed[input] ?? 0, to: batch.next })
        positions[input] = batch.next
        committed[input] = batch.next
        state.committing(tx.puts)
        const sent = this.#connection.ask('transact', transaction, [transaction.block.buffer])
        committing = sent.then(() => {
          state.committed()
          progressed()
          onCommit?.({ partition, records: batch.records.length, seconds: (performance.now() - started) / 1_000, lag: lag() })
        })
        committing.catch(() => {}) // it is awaited below or in the next round
        await nextTurn()
      }
    } finally {
      // Nothing may be under way when the task is disposed, or its successor would read too early.
      await committing
    }
  }

  /** The next batch of the inputs in turn; undefined when there is none yet. */
  #next(
    inputs: readonly Topic[],
    partition: number,
    positions: number[],
    turn: number,
    bounds: Bounds,
  ): { readonly batch: Batch; readonly input: number } | undefined {
    for (let step = 0; step < inputs.length; step++) {
      const input = (turn + step) % inputs.length
      const topic = inputs[input]
      if (topic === undefined) continue
      const position = positions[input] ?? 0
      const end = this.#watch.end(topic.firstLane + partition)
      if (end <= position) continue
      const batch = this.#reader.batch(topic, partition, position, end, bounds)
      if (batch.records.length > 0) return { batch, input }
      positions[input] = batch.next
    }
    return undefined
  }
}

const coPartitions = (inputs: readonly Topic[]): number => {
  const [first] = inputs
  if (first === undefined) throw new RangeError('A transactor needs an input.')
  for (const { name, partitions } of inputs) {
    if (partitions !== first.partitions) {
      throw new LogError(
        'TOPIC_MISMATCH',
        `Inputs must be co-partitioned: ${first.name} has ${first.partitions} partitions, ${name} ${partitions}.`,
      )
    }
  }
  return first.partitions
}
