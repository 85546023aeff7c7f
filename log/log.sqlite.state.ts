import type { Reader } from './log.sqlite.reader.ts'
import type { Bytes } from './packed-records.ts'

export type Puts = ReadonlyMap<string, Bytes | undefined>

/**
 * The keyed state of one owned partition, as far as it is committed, with the changes of the one transaction that is on its way to the
 * file before it. A state is thrown away with its task after any failure, so it never holds what did not commit.
 */
export class KeyedState {
  readonly #reader: Reader
  readonly #owner: number
  readonly #recent: RecentValues
  #committing: Puts | undefined

  constructor(reader: Reader, owner: number, maxBytes: number) {
    this.#reader = reader
    this.#owner = owner
    this.#recent = new RecentValues(maxBytes)
  }

  get(key: string): Bytes | undefined {
    if (this.#committing?.has(key)) return this.#committing.get(key)
    const recent = this.#recent.get(key)
    if (recent !== undefined) return recent
    const value = this.#reader.state(this.#owner, Buffer.from(key))
    if (value !== undefined) this.#recent.set(key, value)
    return value
  }

  /** From now on `get` answers with these, though the file does not yet. */
  committing(puts: Puts): void {
    this.#committing = puts
  }

  committed(): void {
    for (const [key, value] of this.#committing ?? []) {
      if (value === undefined) this.#recent.delete(key)
      else this.#recent.set(key, value)
    }
    this.#committing = undefined
  }
}

/** Bounded by bytes. Two generations instead of an order of use: when the young one is half of the bound, the old one is forgotten. */
class RecentValues {
  readonly #maxBytes: number
  #young = new Map<string, Bytes>()
  #old = new Map<string, Bytes>()
  #youngBytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get(key: string): Bytes | undefined {
    const young = this.#young.get(key)
    if (young !== undefined) return young
    const old = this.#old.get(key)
    if (old !== undefined) this.#add(key, old)
    return old
  }

  set(key: string, value: Bytes): void {
    // A view would keep alive the whole batch that it was cut from.
    this.#add(key, value.byteLength === value.buffer.byteLength ? value : value.slice())
  }

  delete(key: string): void {
    this.#young.delete(key)
    this.#old.delete(key)
  }

  #add(key: string, value: Bytes): void {
    if (!this.#young.has(key)) this.#youngBytes += ENTRY_BYTES + key.length + value.byteLength
    this.#young.set(key, value)
    if (this.#youngBytes <= this.#maxBytes / 2) return
    this.#old = this.#young
    this.#young = new Map()
    this.#youngBytes = 0
  }
}

/** What an entry costs beside its key and value, roughly. */
const ENTRY_BYTES = 400
