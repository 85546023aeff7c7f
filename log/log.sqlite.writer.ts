/**
 * The writer thread: the only writer of its process. It takes everything that is asked while a commit is under way into the next one, so
 * that any number of appends and transactions share one fsync; it answers only after the commit. Other processes may write the same file:
 * SQLite lets one in at a time, and the books are read again when another has written.
 */
import { type MessagePort, workerData } from 'node:worker_threads'
import { Compaction } from './log.sqlite.compaction.ts'
import { Ledger } from './log.sqlite.ledger.ts'
import type { Answer, Ask, News, WriterData } from './log.sqlite.protocol.ts'
import { Retention } from './log.sqlite.retention.ts'
import { openForWriting } from './log.sqlite.schema.ts'
import { LogError } from './log.ts'

/** What one commit takes at most, so that nobody waits long for it; a single request may pass it. */
const COMMIT_BYTES = 8 * 1024 * 1024
/** How long another process may hold the file before callers are refused. */
const BUSY_MS = 10_000

const data = workerData as WriterData
const db = openForWriting(data.path, data)
const ledger = new Ledger(db)
const retention = new Retention(db, ledger)
const compaction = new Compaction(db, ledger)
const ports = new Set<MessagePort>()
const inbox: { readonly port: MessagePort; readonly ask: Ask }[] = []
let scheduled = false
let cleaning = false

const schedule = (): void => {
  if (scheduled) return
  scheduled = true
  setImmediate(commit) // after the messages that have already come
}

const letIn = (port: MessagePort): void => {
  ports.add(port)
  port.on('message', (asks: readonly Ask[]) => {
    for (const ask of asks) {
      if (ask.kind === 'hello' || ask.kind === 'connect') {
        // needs no commit
        if (ask.kind === 'connect') letIn(ask.port)
        port.postMessage({ answers: [{ id: ask.id, ok: true }], moved: [] } satisfies News)
      } else {
        inbox.push({ port, ask })
        schedule()
      }
    }
  })
  port.on('close', () => ports.delete(port))
}

const commit = (): void => {
  scheduled = false
  const group = takeGroup()
  const answers = new Map<MessagePort, Answer[]>()
  for (const { port, answer } of write(group)) {
    const own = answers.get(port)
    if (own === undefined) answers.set(port, [answer])
    else own.push(answer)
  }
  const closing = group.some(({ port, ask }) => port === data.port && ask.kind === 'close')
  tell(answers, closing)
  if (closing) {
    end()
    return
  }
  if (cleaning) cleaning = clean()
  if (inbox.length > 0 || cleaning) schedule()
}

/** One transaction, one fsync. */
const write = (group: typeof inbox): { readonly port: MessagePort; readonly answer: Answer }[] => {
  if (group.every(({ ask }) => ask.kind === 'close')) return group.map(({ port, ask }) => ({ port, answer: { id: ask.id, ok: true } }))
  try {
    begin()
    ledger.refresh()
    const now = Date.now()
    const answers = group.map(({ port, ask }) => ({ port, answer: judge(ask, now) }))
    ledger.flush()
    db.exec('COMMIT')
    return answers
  } catch (cause) {
    rollback()
    const error = isFull(cause)
      ? ({ code: 'FULL', message: 'The log file cannot grow: its disk, or its limit, is full. Nothing was written.', cause } as const)
      : ({ code: 'UNAVAILABLE', message: `The log file could not be written: ${wordsOf(cause)}.`, cause } as const)
    return group.map(({ port, ask }) => ({ port, answer: { id: ask.id, error } }))
  }
}

const takeGroup = (): typeof inbox => {
  let bytes = 0
  let count = 0
  for (const { ask } of inbox) {
    if ('block' in ask) bytes += ask.block.byteLength
    if (count > 0 && bytes > COMMIT_BYTES) break
    count += 1
  }
  return inbox.splice(0, count)
}

/** A refusal of the request itself (fenced, unknown topic) changes nothing and is its answer; a fault of the file ends the whole commit. */
const judge = (ask: Ask, now: number): Answer => {
  try {
    return { id: ask.id, ok: apply(ask, now) }
  } catch (error) {
    if (error instanceof LogError) return { id: ask.id, error: { code: error.code, message: error.message } }
    throw error
  }
}

const apply = (ask: Ask, now: number) => {
  switch (ask.kind) {
    case 'hello':
    case 'connect':
    case 'close':
      return true
    case 'ensure':
      return ledger.ensure(ask.specs)
    case 'append':
      return ledger.append(ask.block, ask.sections, now)
    case 'claim':
      return ledger.claim(ask.group, ask.partitions, ask.lanes)
    case 'resume':
      return ledger.resume(ask.owner, ask.epoch, ask.lanes)
    case 'transact':
      return ledger.transact(ask, now)
    case 'trim':
      return retention.trim(ask.before)
    default:
      throw ask satisfies never
  }
}

/** A transaction of its own, so that a fault of it harms no caller; what it could not do it tries again the next time. @returns whether more is to be done */
const clean = (): boolean => {
  try {
    begin()
    ledger.refresh()
    const now = Date.now()
    const isMore = retention.slice(now) || compaction.slice(now)
    db.exec('COMMIT')
    return isMore
  } catch {
    rollback()
    return false
  }
}

const tell = (answers: ReadonlyMap<MessagePort, Answer[]>, closed: boolean): void => {
  const moved = ledger.news()
  for (const port of ports) {
    const own = answers.get(port) ?? []
    if (own.length > 0 || moved.length > 0 || closed) {
      port.postMessage({ answers: own, moved, ...(closed ? { closed } : {}) } satisfies News)
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4))
/** SQLite's own waiting backs off to 100 ms, which a busy neighbour's short gaps would slip through. */
const begin = (): void => {
  const giveUpAt = Date.now() + BUSY_MS
  for (;;) {
    try {
      db.exec('BEGIN IMMEDIATE')
      return
    } catch (error) {
      if (!isBusy(error) || Date.now() > giveUpAt) throw error
      Atomics.wait(pause, 0, 0, 0.5) // ms
    }
  }
}

const hasCode = (error: unknown, primary: number): boolean =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === primary
const isBusy = (error: unknown): boolean => hasCode(error, 5) // SQLITE_BUSY
const isFull = (error: unknown): boolean => hasCode(error, 13) // SQLITE_FULL

const rollback = (): void => {
  if (db.isTransaction) db.exec('ROLLBACK')
  ledger.reload()
  compaction.restart()
}

const wordsOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

const cleaner = setInterval(() => {
  cleaning = true
  schedule()
}, data.cleanEveryMs)
/** What other processes wrote is noticed here, for all threads of this one. */
const poller = setInterval(() => {
  try {
    ledger.refresh()
  } catch (error) {
    if (!isBusy(error)) throw error
  }
  tell(new Map(), false)
}, data.pollEveryMs)

const end = (): void => {
  clearInterval(cleaner)
  clearInterval(poller)
  db.close()
  for (const port of ports) port.close()
}

letIn(data.port)
