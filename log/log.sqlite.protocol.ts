import type { MessagePort } from 'node:worker_threads'
import type { LogErrorCode, Positions, TopicSpec } from './log.ts'
import type { Section } from './packed-records.ts'

/** What the threads of a process say to their one writer thread, over one MessagePort each, and what it answers. */
export type Requests = {
  hello: { readonly ask: Record<never, never>; readonly answer: true }
  /** Lets another thread in; the port comes in the transfer list. */
  connect: { readonly ask: { readonly port: MessagePort }; readonly answer: true }
  ensure: { readonly ask: { readonly specs: readonly TopicSpec[] }; readonly answer: true }
  /** The answer: per section the offset of its first record. */
  append: {
    readonly ask: { readonly block: Uint8Array<ArrayBuffer>; readonly sections: readonly Section[] }
    readonly answer: readonly number[]
  }
  /** Takes the partitions 0..partitions-1 of a group over from whoever had them. `lanes[input][partition]` */
  claim: {
    readonly ask: { readonly group: string; readonly partitions: number; readonly lanes: readonly (readonly number[])[] }
    readonly answer: readonly Claim[]
  }
  /** Where an owner stands, after a failure; FENCED when it owns no more. */
  resume: {
    readonly ask: { readonly owner: number; readonly epoch: number; readonly lanes: readonly number[] }
    readonly answer: Positions
  }
  transact: { readonly ask: Transaction; readonly answer: true }
  /** Removes the oldest records of some lanes, a bounded number at a time; answers whether more are to be removed. */
  trim: { readonly ask: { readonly before: readonly (readonly [lane: number, offset: number])[] }; readonly answer: boolean }
  /** Answered when everything asked before is answered. The thread that opened the writer ends it thereby. */
  close: { readonly ask: Record<never, never>; readonly answer: true }
}
export type Kind = keyof Requests

/** A partition owned for a group: valid until somebody claims it again. */
export interface Claim {
  readonly partition: number
  readonly owner: number
  readonly epoch: number
  /** the committed position of each input, read after the claim */
  readonly starts: readonly number[]
}

/** Input positions, outputs and state of one partition, all or nothing. */
export interface Transaction {
  readonly owner: number
  readonly epoch: number
  /** the input's lane, which moves from where the last transaction ended */
  readonly input: number
  readonly from: number
  readonly to: number
  /** the outputs, then the state */
  readonly block: Uint8Array<ArrayBuffer>
  readonly sections: readonly Section[]
}
/** The `lane` of sections that hold keyed state instead of records. */
export const STATE_LANE = -1

export type Ask = { [K in Kind]: { readonly id: number; readonly kind: K } & Requests[K]['ask'] }[Kind]

export type Answer =
  | { readonly id: number; readonly ok: Requests[Kind]['answer'] }
  | { readonly id: number; readonly error: { readonly code: LogErrorCode; readonly message: string; readonly cause?: unknown } }

/** One message per commit and thread: its answers, and where every lane that moved now begins and ends. */
export interface News {
  readonly answers: readonly Answer[]
  readonly moved: readonly LaneEnds[]
  /** The writer ends in order; nothing follows. */
  readonly closed?: true
}

export interface LaneEnds {
  readonly lane: number
  readonly earliest: number
  readonly next: number
}

/** What the writer thread is started with. */
export interface WriterData {
  readonly path: string
  readonly port: MessagePort
  readonly maxFileBytes: number | undefined
  readonly cleanEveryMs: number
  readonly pollEveryMs: number
}
