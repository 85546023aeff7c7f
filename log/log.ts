/**
 * The ports of the log: the only way data moves between subgraphs. The log carries bytes and knows no POI.
 *
 * Every engine (`log.sqlite.ts`, later `log.kafka.ts`) passes the same suite, `log.contract.ts`. Nothing engine-specific crosses these
 * types: positions and batches are plain readonly data, so they may be sent to another thread.
 */

/**
 * One record as it lies in the log. `offset` counts from 0 per partition, with holes allowed; `time` is the append time in ms since 1970.
 * `key` and `value` are views into memory that neighbouring records share: copy what is kept for long.
 */
export interface LogRecord {
  readonly offset: number
  readonly time: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array
}

/** A record to append. The caller chooses the partition: the log hashes nothing, so that every producer agrees on where a key lives. */
export interface NewRecord {
  readonly partition: number
  readonly key: Uint8Array | null
  readonly value: Uint8Array
}

/** Where one record lies. */
export interface Position {
  readonly partition: number
  readonly offset: number
}

/** The next offset to read of each partition, indexed by partition. */
export type Positions = readonly number[]

/** Consecutive records of one partition, in offset order. */
export interface Batch {
  readonly topic: string
  readonly partition: number
  readonly records: readonly LogRecord[]
  /** The position after this batch. It can be greater than the last offset + 1: holes are normal. */
  readonly next: number
  /** The end of the partition when this batch was read: `end - next` is the lag. */
  readonly end: number
}

/** A topic as it must exist. A record may be removed as soon as *either* retention limit is passed. */
export interface TopicSpec {
  readonly name: string
  readonly partitions: number
  /** ms; undefined keeps for ever */
  readonly retentionMs?: number | undefined
  /** bytes per partition; undefined is unbounded */
  readonly retentionBytes?: number | undefined
  /** Compacted: only the newest record of each key is sure to be kept; an empty value deletes the key. */
  readonly compacted?: boolean | undefined
}

export interface Topics {
  /**
   * Creates what is missing and checks what exists; called once by each process before anything else.
   * @throws LogError TOPIC_MISMATCH when an existing topic has another partition count: it is never changed silently.
   */
  ensure(specs: readonly TopicSpec[]): Promise<void>
  /** The first offset still held and the next offset to be written, per partition. @throws LogError TOPIC_UNKNOWN */
  positions(topic: string): Promise<{ readonly earliest: Positions; readonly latest: Positions }>
  /** Per partition, the offset of the first record appended at or after `time` (ms since 1970); the end where there is none. */
  positionsAt(topic: string, time: number): Promise<Positions>
  /** The committed positions of a transactor's group: the next offset it will process. 0 where it never committed. */
  committed(group: string, topic: string): Promise<Positions>
}

export interface AppendOptions {
  readonly signal?: AbortSignal | undefined
  /** ms from now until the append gives up; 2,000 unless told. */
  readonly deadlineMs?: number | undefined
}

export interface Appender {
  /**
   * Appends all records or none, and resolves once they are durable (fsync, or acks from all replicas), with their positions in the
   * order given. Called for every mutation, so engines gather concurrent calls into one write. Nothing is buffered beyond the
   * engine's bound: a call that would pass it is refused at once.
   * @throws LogError OVERLOADED (nothing was written; try again later), DEADLINE_EXCEEDED (the outcome is unknown: a resend must
   *   carry the same event id), FULL (no room is left; nothing was written, and a retry may find room), UNAVAILABLE, CLOSED, TOPIC_UNKNOWN (or it has no such partition), TOO_LARGE (a record over 1 MiB, or a
   *   call that alone would pass the bound).
   */
  append(topic: string, records: readonly NewRecord[], options?: AppendOptions): Promise<readonly Position[]>
}

export interface TailRequest {
  readonly topic: string
  readonly from: Positions | 'earliest' | 'latest'
  /** Only these partitions; all of them unless told. */
  readonly partitions?: readonly number[] | undefined
  /** Upper bound of one batch; the engine's default unless told. A single record may pass it. */
  readonly maxBytes?: number | undefined
  /** Ends the iteration quietly; it never throws for an abort. */
  readonly signal: AbortSignal
}

export interface Tail {
  /**
   * Every partition, committed records only, no group: any number of tails read side by side and disturb nobody. Yields what is there,
   * then waits for more; memory is bounded by one batch, and nothing is read ahead of the consumer by more than that.
   * 'latest' is fixed when the iteration starts: a record appended after the first `next()` was called is never missed.
   * @throws LogError POSITION_EXPIRED (with `earliest`) when a position lies before what is still held; POSITION_AHEAD when it lies
   *   beyond the end; both before the first batch as well as later, when retention overtakes a slow reader.
   */
  read(request: TailRequest): AsyncIterable<Batch>
}

/** What keeps a sink's position beside its rows, one per partition. */
export interface SinkTask extends AsyncDisposable {
  /** The position kept with the sink's rows; undefined on the first run, which begins at the earliest record. */
  readonly start: number | undefined
  /** Applies the batch durably and keeps `batch.next` with it. The next batch comes after it resolves; if it throws, the task is disposed, reopened and given its batch again, with backoff. */
  write(batch: Batch): Promise<void>
}

export interface SinkFeed {
  /**
   * Feeds each owned partition of the topic, in order, to its task until the signal aborts; a partition has one task at a time.
   * Resolves after every task was disposed.
   * @throws LogError POSITION_EXPIRED or POSITION_AHEAD when a task's position is not in the log (a retry would not mend it); FENCED when
   *   every partition was taken over by another sink of the group; UNAVAILABLE when the engine is gone for good
   */
  run(request: {
    readonly topic: string
    readonly group: string
    readonly open: (partition: number) => Promise<SinkTask>
    readonly signal: AbortSignal
    /** Told of every failure that is being retried. */
    readonly onRetry?: (error: unknown, partition: number) => void
  }): Promise<void>
}

/** What one transaction gathers: all of it, with the input offsets, commits, or nothing does. Valid only during `process`. */
export interface Tx {
  /**
   * Appends to the same partition number of another topic (co-partitioned), invisible to readers until the commit.
   * @throws LogError TOO_LARGE over 4 MiB: more than an appender takes, so that an output can always hold its input.
   */
  append(topic: string, key: Uint8Array | null, value: Uint8Array): void
  /** The task's keyed state, with what this transaction has put already. Do not change the bytes. */
  get(key: string): Uint8Array | undefined
  /** Replaces the state of a key; undefined deletes it. */
  put(key: string, value: Uint8Array | undefined): void
}

/** One partition, owned by one process at a time. */
export interface Task extends AsyncDisposable {
  /**
   * Judges the batch. Pure but for `tx`: after a failure it is run again with the same records, on a task opened anew.
   * A throw is an infrastructure failure (a bad record must become a dead letter instead): nothing commits, and the batch comes again with backoff.
   */
  process(batch: Batch, tx: Tx): void | Promise<void>
}

export interface Transactor {
  /**
   * Exactly once: per partition reads the inputs in order from the group's committed position, runs `process`, and commits outputs,
   * state and position in one transaction. A later owner of the same group and partition fences an earlier one, whose next commit
   * fails with FENCED and whose task is then disposed; it never writes again.
   * Resolves after the signal aborted and every task was disposed.
   * @throws LogError FENCED when every partition was taken over; TOPIC_MISMATCH when the inputs are not co-partitioned; POSITION_EXPIRED
   *   when retention overtook the group (a retry would not mend it); UNAVAILABLE when the engine is gone for good
   */
  run(request: {
    readonly inputs: readonly string[]
    readonly group: string
    /** `start`: where each of the inputs goes on, in their order; read after earlier owners were fenced. */
    readonly open: (partition: number, start: readonly number[]) => Promise<Task>
    readonly signal: AbortSignal
    /** Records per transaction at most; the engine's default unless told. */
    readonly maxRecords?: number | undefined
    readonly onCommit?: (commit: Commit) => void
    readonly onRetry?: (error: unknown, partition: number) => void
  }): Promise<void>
}

/** What one committed transaction did; for metrics. */
export interface Commit {
  readonly partition: number
  readonly records: number
  /** seconds from the read of the batch to the durable commit */
  readonly seconds: number
  /** records of the inputs not yet processed in this partition */
  readonly lag: number
}

/** One engine, opened. Closing ends every reader and waits for what was promised; using it afterwards throws LogError CLOSED. */
export interface Log extends AsyncDisposable {
  /** Words for people, without secrets: "SQLite file .data/log.db". */
  readonly description: string
  readonly topics: Topics
  readonly appender: Appender
  readonly tail: Tail
  readonly sinks: SinkFeed
  readonly transactor: Transactor
}

export const LOG_ERROR_CODES = [
  'CLOSED',
  'OVERLOADED',
  'DEADLINE_EXCEEDED',
  'UNAVAILABLE',
  'FULL',
  'FENCED',
  'POSITION_EXPIRED',
  'POSITION_AHEAD',
  'TOPIC_UNKNOWN',
  'TOPIC_MISMATCH',
  'TOO_LARGE',
] as const
export type LogErrorCode = (typeof LOG_ERROR_CODES)[number]

/** Every failure that a log engine reports. `earliest` comes with POSITION_EXPIRED: the positions that can still be had. */
export class LogError extends Error {
  override readonly name = 'LogError'
  readonly code: LogErrorCode
  readonly earliest: Positions | undefined

  constructor(code: LogErrorCode, message: string, options?: { cause?: unknown; earliest?: Positions }) {
    super(message, options?.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.earliest = options?.earliest
  }
}
