/** Reading connections of `store.db`. They see the last commit and never wait for the writer. */
import type { DatabaseSync, SQLInputValue, SQLOutputValue, StatementSync } from 'node:sqlite'
import { PoiError } from '#runtime/errors.ts'
import { openStoreReader } from './tables.sqlite.ts'

export type Row = Record<string, SQLOutputValue>
/** The columns of a row in their order: half the cost of an object, for where rows are many. */
export type Tuple = readonly SQLOutputValue[]
export type Parameters = readonly SQLInputValue[]

/** Long queries at one time; more of them wait their turn, while short ones pass by. */
const LONG_QUERIES = 3
const CACHE_KIB = { short: 8_192, long: 4_096 }
/** Filters make statements of many shapes; the least recently used ones are forgotten. */
const STATEMENTS = 200

export class Readers implements AsyncDisposable {
  readonly #short: Reader
  readonly #path: string
  readonly #idle: Reader[] = []
  readonly #waiting: PromiseWithResolvers<Reader>[] = []
  #opened = 0
  #isClosed = false

  constructor(path: string) {
    this.#path = path
    this.#short = new Reader(openStoreReader(path, CACHE_KIB.short))
  }

  /** One snapshot, for work that is done at once. @throws what the work throws; PoiError STORE_UNAVAILABLE when closed */
  now<T>(work: (reader: Reader) => T): T {
    this.#checkOpen()
    return this.#short.snapshot(() => work(this.#short))
  }

  /** One snapshot, on a connection of its own, for work that takes turns with others: what it keeps open keeps nobody from newer rows. */
  async long<T>(work: (reader: Reader) => Promise<T>): Promise<T> {
    const reader = await this.#lease()
    try {
      return await reader.longSnapshot(() => work(reader))
    } finally {
      this.#return(reader)
    }
  }

  async [Symbol.asyncDispose]() {
    if (this.#isClosed) return
    this.#isClosed = true
    for (const { reject } of this.#waiting.splice(0)) reject(closed())
    this.#short.close()
    for (const reader of this.#idle.splice(0)) reader.close()
  }

  #lease(): Promise<Reader> | Reader {
    this.#checkOpen()
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#opened < LONG_QUERIES) {
      const reader = new Reader(openStoreReader(this.#path, CACHE_KIB.long))
      this.#opened++
      return reader
    }
    const turn = Promise.withResolvers<Reader>()
    this.#waiting.push(turn)
    return turn.promise
  }

  #return(reader: Reader): void {
    const next = this.#waiting.shift()
    if (next !== undefined) next.resolve(reader)
    else if (this.#isClosed) reader.close()
    else this.#idle.push(reader)
  }

  #checkOpen(): void {
    if (this.#isClosed) throw closed()
  }
}

function closed(): PoiError {
  return new PoiError('STORE_UNAVAILABLE', 'The store is closed.')
}

/** One connection with its prepared statements. */
export class Reader {
  readonly #db: DatabaseSync
  readonly #statements = new Map<string, StatementSync>()

  constructor(db: DatabaseSync) {
    this.#db = db
  }

  all(sql: string, parameters: Parameters = []): Row[] {
    return this.#prepared(sql).all(...parameters)
  }

  get(sql: string, parameters: Parameters = []): Row | undefined {
    return this.#prepared(sql).get(...parameters)
  }

  tuples(sql: string, parameters: Parameters = []): Tuple[] {
    return this.#prepared(sql, 'tuples').all(...parameters) as unknown as Tuple[]
  }

  /** Rows as they are found. Finish or leave the iteration before the same statement is used again. */
  iterate(sql: string, parameters: Parameters = []): IterableIterator<Tuple> {
    return this.#prepared(sql, 'tuples').iterate(...parameters) as unknown as IterableIterator<Tuple>
  }

  snapshot<T>(work: () => T): T {
    this.#db.exec('BEGIN')
    try {
      return work()
    } finally {
      this.#db.exec('COMMIT')
    }
  }

  async longSnapshot<T>(work: () => Promise<T>): Promise<T> {
    this.#db.exec('BEGIN')
    try {
      return await work()
    } finally {
      this.#db.exec('COMMIT')
    }
  }

  close(): void {
    this.#statements.clear()
    this.#db.close()
  }

  #prepared(sql: string, shape: 'rows' | 'tuples' = 'rows'): StatementSync {
    const name = `${shape} ${sql}`
    let statement = this.#statements.get(name)
    if (statement === undefined) {
      statement = this.#db.prepare(sql)
      if (shape === 'tuples') statement.setReturnArrays(true)
      const [oldest] = this.#statements.keys()
      if (this.#statements.size >= STATEMENTS && oldest !== undefined) this.#statements.delete(oldest)
    } else this.#statements.delete(name)
    this.#statements.set(name, statement)
    return statement
  }
}
