import type { Positions } from '#log/log.ts'
import { PoiError } from '#runtime/errors.ts'
import type { Progress } from './projection.ts'

/** A partition that a sink cannot apply for now, and why, in words. */
export interface Stall {
  readonly partition: number
  readonly why: string
}

interface Waiter {
  readonly isMet: () => boolean
  readonly settle: PromiseWithResolvers<boolean>
}

/** How far a sink has come, as it tells after each commit, and who waits for it to come further. What it tells, readers can already see. */
export class Applied implements Disposable {
  readonly #next: number[]
  readonly #source: number[]
  readonly #waiters = new Set<Waiter>()
  readonly #stalled = new Map<number, string>()
  #isClosed = false

  constructor(partitions: number) {
    this.#next = new Array<number>(partitions).fill(0)
    this.#source = new Array<number>(partitions).fill(0)
  }

  /** The next offset of `poi-processed-topic`, per partition. */
  get positions(): Positions {
    return [...this.#next]
  }

  /** Everything up to this offset of `poi-unprocessed-topic` is applied, or yielded nothing to apply. */
  holdsSource(partition: number, offset: number): boolean {
    return (this.#source[partition] ?? 0) > offset
  }

  /** Everything before these positions of `poi-processed-topic` is applied. */
  holds(positions: Positions): boolean {
    return positions.every((position, partition) => (this.#next[partition] ?? 0) >= position)
  }

  /** Why the sink does not get on, in words; undefined while it does. */
  get trouble(): string | undefined {
    const [why] = this.#stalled.values()
    return why
  }

  /** The sink fails to apply a partition and tries again. */
  stall({ partition, why }: Stall): void {
    this.#stalled.set(partition, why)
  }

  advance(progress: readonly Progress[]): void {
    for (const { partition, next, source } of progress) {
      this.#stalled.delete(partition)
      this.#next[partition] = Math.max(this.#next[partition] ?? 0, next)
      this.#source[partition] = Math.max(this.#source[partition] ?? 0, source)
    }
    for (const waiter of this.#waiters) if (waiter.isMet()) waiter.settle.resolve(true)
  }

  /** Resolves with true as soon as the claim holds, with false when it does not within the time. @throws PoiError SHUTTING_DOWN */
  async until(isMet: () => boolean, ms: number): Promise<boolean> {
    if (isMet()) return true
    if (this.#isClosed) throw closing()
    if (ms <= 0) return false
    const waiter: Waiter = { isMet, settle: Promise.withResolvers<boolean>() }
    this.#waiters.add(waiter)
    const timer = setTimeout(() => waiter.settle.resolve(false), ms)
    try {
      return await waiter.settle.promise
    } finally {
      clearTimeout(timer)
      this.#waiters.delete(waiter)
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true
    for (const { settle } of this.#waiters) settle.reject(closing())
  }
}

function closing(): PoiError {
  return new PoiError('SHUTTING_DOWN', 'The store is shutting down; ask again.')
}
