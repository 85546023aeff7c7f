import { mkdir } from 'node:fs/promises'
import { dirname, relative } from 'node:path'
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads'
import { SqliteAppender } from './log.sqlite.appender.ts'
import { Connection } from './log.sqlite.connection.ts'
import type { WriterData } from './log.sqlite.protocol.ts'
import { Reader } from './log.sqlite.reader.ts'
import { Runs } from './log.sqlite.runs.ts'
import { SqliteSinks } from './log.sqlite.sinks.ts'
import { SqliteTail } from './log.sqlite.tail.ts'
import { SqliteTransactor } from './log.sqlite.transactor.ts'
import { Watch } from './log.sqlite.watch.ts'
import { type Log, LogError, type Positions, type TopicSpec } from './log.ts'

export interface SqliteLogOptions {
  /** The file; its directory is made when it is missing. Beside it lie `-wal` and `-shm` while it is open. */
  readonly path: string
  /** From `connect()` in another thread of this process, which shares its writer thread. It must stay open longer. */
  readonly writer?: MessagePort | undefined
  /** Records and bytes that may be on their way to the file from this log: 20,000 and 32 MiB unless told. An append beyond is OVERLOADED. */
  readonly maxInFlightRecords?: number | undefined
  readonly maxInFlightBytes?: number | undefined
  /** The file grows to this size at most; what does not fit is refused with FULL. Unbounded unless told. Only where the writer is opened. */
  readonly maxFileBytes?: number | undefined
  /** ms between looks for records past their retention: 5,000 unless told. Only where the writer is opened. */
  readonly cleanEveryMs?: number | undefined
}

/** The log in one SQLite file, for one machine: any number of processes and threads may have it open. */
export interface SqliteLog extends Log {
  /** A way in for another thread of this process: transfer the port, and open the log there with `writer: port`. */
  connect(): MessagePort
  /** Removes the records before these positions for good, as retention would. */
  trim(topic: string, before: Positions): Promise<void>
}

const BACKOFF = { firstMs: 20, maxMs: 5_000 }
/** How soon another process's records are noticed; within the process it is at once. */
const POLL_MS = 10

/** @throws LogError UNAVAILABLE when the file cannot be opened, made or understood */
export const openSqliteLog = async (options: SqliteLogOptions): Promise<SqliteLog> => {
  const { path } = options
  const watch = new Watch()
  const writer = options.writer === undefined ? await startWriter(options, watch) : shareWriter(options.writer, watch)
  const { connection } = writer
  let reader: Reader
  try {
    await connection.ask('hello', {})
    reader = new Reader(path)
  } catch (cause) {
    await writer.close()
    throw new LogError('UNAVAILABLE', whyNotOpened(path, cause), { cause })
  }
  watch.moved(reader.allEnds())
  const runs = new Runs()
  const { maxInFlightRecords = 20_000, maxInFlightBytes = 32 * 1024 * 1024 } = options
  const appender = new SqliteAppender(connection, reader, { maxInFlightRecords, maxInFlightBytes })
  let closed: Promise<void> | undefined
  const close = async () => {
    await Promise.all([appender.close(), runs.close()])
    reader[Symbol.dispose]()
    await writer.close()
  }
  const open = () => {
    if (closed !== undefined) throw new LogError('CLOSED', 'The log is closed.')
  }
  return {
    description: `SQLite file ${relative('.', path) || path}`,
    topics: {
      async ensure(specs) {
        open()
        specs.forEach(checkSpec)
        await connection.ask('ensure', { specs })
      },
      async positions(topic) {
        open()
        return reader.ends(reader.topic(topic))
      },
      async positionsAt(topic, time) {
        open()
        return reader.positionsAt(reader.topic(topic), time)
      },
      async committed(group, topic) {
        open()
        return reader.committed(group, reader.topic(topic))
      },
    },
    appender,
    tail: new SqliteTail(reader, watch, runs.closing),
    sinks: new SqliteSinks(connection, reader, watch, runs, BACKOFF),
    transactor: new SqliteTransactor(connection, reader, watch, runs, BACKOFF),
    connect() {
      open()
      const { port1, port2 } = new MessageChannel()
      connection.ask('connect', { port: port1 }, [port1]).catch(() => port2.close())
      return port2
    },
    async trim(topic, before) {
      open()
      const { firstLane } = reader.topic(topic)
      const lanes = before.map((offset, partition) => [firstLane + partition, offset] as const)
      while (await connection.ask('trim', { before: lanes })) open()
    },
    [Symbol.asyncDispose]: () => {
      closed ??= close()
      return closed
    },
  }
}

/** The first reason that names itself, in plain sentences. */
const whyNotOpened = (path: string, cause: unknown): string => {
  let reason = ''
  for (let error = cause; error instanceof Error; error = error.cause) reason = error.message
  if (/not a database|malformed/.test(reason)) {
    return `The log file ${path} is damaged, or is no log. Restore it from a backup; nothing was changed or deleted.`
  }
  return `The log file ${path} cannot be opened: ${reason.replace(/\.$/, '')}.`
}

interface Writer {
  readonly connection: Connection
  close(): Promise<void>
}

const startWriter = async ({ path, maxFileBytes, cleanEveryMs = 5_000 }: SqliteLogOptions, watch: Watch): Promise<Writer> => {
  await mkdir(dirname(path), { recursive: true }).catch(cause => {
    throw new LogError('UNAVAILABLE', `The directory of the log file ${path} cannot be made.`, { cause })
  })
  const { port1, port2 } = new MessageChannel()
  const connection = new Connection(port2, watch)
  const workerData: WriterData = { path, port: port1, maxFileBytes, cleanEveryMs, pollEveryMs: POLL_MS }
  const worker = new Worker(new URL('./log.sqlite.writer.ts', import.meta.url), { workerData, transferList: [port1], name: 'log-writer' })
  const exited = new Promise<void>(resolve => worker.once('exit', () => resolve()))
  worker.on('error', cause => connection.end(new LogError('UNAVAILABLE', 'The writer thread of the log has died.', { cause })))
  return {
    connection,
    async close() {
      await connection.ask('close', {}).catch(() => {}) // it has ended already
      await exited
    },
  }
}

const shareWriter = (port: MessagePort, watch: Watch): Writer => {
  const connection = new Connection(port, watch)
  return {
    connection,
    async close() {
      await connection.ask('close', {}).catch(() => {})
      connection.end(new LogError('CLOSED', 'The log is closed.'))
    },
  }
}

const checkSpec = ({ name, partitions }: TopicSpec): void => {
  if (!Number.isInteger(partitions) || partitions < 1)
    throw new RangeError(`Topic ${name}: partitions must be 1 or more, not ${partitions}.`)
}
