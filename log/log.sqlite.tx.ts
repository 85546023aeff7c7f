import { type Claim, STATE_LANE, type Transaction } from './log.sqlite.protocol.ts'
import type { Reader } from './log.sqlite.reader.ts'
import type { KeyedState, Puts } from './log.sqlite.state.ts'
import { LogError, type Tx } from './log.ts'
import { type Bytes, checkRecordSize, MAX_OUTPUT_BYTES, RecordPacker } from './packed-records.ts'

/** Gathers what one batch yields, until it is sent to the writer as one message. */
export class SqliteTx implements Tx {
  readonly #reader: Reader
  readonly #state: KeyedState
  readonly #partition: number
  readonly #packer = new RecordPacker()
  readonly #puts = new Map<string, Bytes | undefined>()
  #ended = false

  constructor(reader: Reader, state: KeyedState, partition: number) {
    this.#reader = reader
    this.#state = state
    this.#partition = partition
  }

  get puts(): Puts {
    return this.#puts
  }

  append(topic: string, key: Bytes | null, value: Bytes): void {
    this.#check()
    checkRecordSize(key, value, MAX_OUTPUT_BYTES)
    this.#packer.add(this.#reader.lane(this.#reader.topic(topic), this.#partition), key, value)
  }

  get(key: string): Bytes | undefined {
    this.#check()
    return this.#puts.has(key) ? this.#puts.get(key) : this.#state.get(key)
  }

  put(key: string, value: Bytes | undefined): void {
    this.#check()
    this.#puts.set(key, value)
  }

  /** Nothing can be added afterwards. */
  end(): void {
    this.#ended = true
  }

  transaction({ owner, epoch }: Claim, moves: Pick<Transaction, 'input' | 'from' | 'to'>): Transaction {
    for (const [key, value] of this.#puts) this.#packer.add(STATE_LANE, Buffer.from(key), value ?? null)
    return { owner, epoch, ...moves, ...this.#packer.pack() }
  }

  #check(): void {
    if (this.#ended) throw new LogError('CLOSED', 'This transaction has ended: a Tx is valid only during `process`.')
  }
}
