/** Worker threads with the manners of a process: ready when they say so, closed in order, their failures, log lines and metrics told to the host. */
import { isMainThread, type MessagePort, parentPort, type Transferable, Worker, workerData } from 'node:worker_threads'
import type { Registry } from 'prom-client'
import { createLogger, type Logger, type LogLevel, lineSinkOf } from './logger.ts'
import { createRegistry, type MetricsSnapshot, type MetricsSource } from './metrics.ts'

/** A thread that is at work. Disposing asks it to end and waits until it has. */
export interface Thread extends AsyncDisposable, MetricsSource {
  /** Rejects when the thread ends without having been asked to; never resolves. */
  readonly failed: Promise<never>
}

/** What the host hands over. `data` is whatever the module's `serveThread` expects; ports and buffers in it go into `transfer` too. */
export interface ThreadRequest {
  readonly module: URL
  /** for logs and metrics: "processor" */
  readonly name: string
  readonly data: unknown
  readonly transfer?: readonly Transferable[] | undefined
  readonly logger: Logger
  /** ms that closing may take before the thread is terminated; 10,000 unless told */
  readonly closeMs?: number | undefined
}

/** What the module of a thread works with. */
export interface Serving<Data> {
  readonly data: Data
  /** Aborts when the host closes the thread: finish what must be finished, then return. */
  readonly signal: AbortSignal
  readonly registry: Registry
  readonly logger: Logger
  /** Call it once everything is open: `startThread` resolves then. */
  readonly ready: () => void
}

type ToThread = { readonly type: 'close' } | { readonly type: 'metrics' }
type ToHost =
  | { readonly type: 'ready' }
  | { readonly type: 'log'; readonly line: string }
  | { readonly type: 'metrics'; readonly snapshot: MetricsSnapshot }
  | { readonly type: 'failed'; readonly error: unknown }

interface Boot {
  readonly name: string
  readonly service: string
  readonly level: LogLevel
  readonly data: unknown
}

/** ms a scrape waits for a busy thread before it makes do with the samples of the last time */
const METRICS_PATIENCE_MS = 500

/**
 * Starts a module that calls `serveThread`.
 * @returns once the thread says it is ready
 * @throws Error with the thread's own error as cause when it fails before that
 */
export async function startThread({ module, name, data, transfer = [], logger, closeMs = 10_000 }: ThreadRequest): Promise<Thread> {
  const boot: Boot = { name, service: String(logger.bindings()['service.name'] ?? name), level: logger.level as LogLevel, data }
  const worker = new Worker(module, { name, workerData: boot, transferList: [...transfer] })
  const lines = lineSinkOf(logger)
  const ready = Promise.withResolvers<void>()
  const failed = Promise.withResolvers<never>()
  const exited = Promise.withResolvers<void>()
  const waitingForMetrics = new Set<(snapshot: MetricsSnapshot) => void>()
  let lastSnapshot: MetricsSnapshot = []
  let isReady = false
  let isClosing = false
  let cause: unknown
  failed.promise.catch(() => {}) // logged below; watching it is the host's choice

  worker.on('message', (message: ToHost) => {
    switch (message.type) {
      case 'ready':
        isReady = true
        return ready.resolve()
      case 'log':
        return lines.write(message.line)
      case 'metrics':
        lastSnapshot = message.snapshot
        for (const resolve of waitingForMetrics) resolve(lastSnapshot)
        return waitingForMetrics.clear()
      case 'failed':
        cause = message.error
        return undefined
      default:
        return message satisfies never
    }
  })
  worker.on('error', error => {
    cause = error
  })
  worker.on('exit', code => {
    for (const resolve of waitingForMetrics) resolve(lastSnapshot)
    const error = new Error(`The thread ${name} ended ${cause === undefined ? `by itself, with code ${code}` : 'with an error'}`, { cause })
    ready.reject(error)
    if (isReady && (!isClosing || cause !== undefined)) {
      failed.reject(error)
      logger.error({ err: error, thread: name }, 'A thread failed')
    }
    exited.resolve()
  })

  const tell = (message: ToThread): void => worker.postMessage(message)
  await ready.promise
  return {
    failed: failed.promise,
    snapshot() {
      const { promise, resolve } = Promise.withResolvers<MetricsSnapshot>()
      waitingForMetrics.add(resolve)
      const patience = setTimeout(resolve, METRICS_PATIENCE_MS, lastSnapshot)
      tell({ type: 'metrics' })
      return promise.finally(() => clearTimeout(patience))
    },
    async [Symbol.asyncDispose]() {
      isClosing = true
      tell({ type: 'close' })
      const deadline = setTimeout(() => {
        logger.error({ thread: name, closeMs }, 'A thread did not close in time; terminating it')
        void worker.terminate()
      }, closeMs)
      await exited.promise
      clearTimeout(deadline)
    },
  }
}

/**
 * The worker's side: runs `main` until the host closes the thread, then ends it. `main` returns once its parts are closed; if it returns
 * or throws before it was asked to, the host's `failed` rejects.
 */
export async function serveThread<Data>(main: (serving: Serving<Data>) => Promise<void>): Promise<void> {
  if (isMainThread || parentPort === null)
    throw new Error('serveThread belongs into the module of a worker thread; start it with startThread')
  const host: MessagePort = parentPort
  const { name, service, level, data } = workerData as Boot
  const tell = (message: ToHost): void => host.postMessage(message)
  const logger = createLogger({ service, level, destination: { write: line => tell({ type: 'log', line }) } }).child({
    'process.thread.name': name,
  })
  const registry = createRegistry({ service: name, wholeProcess: false })
  const closing = new AbortController()

  host.on('message', (message: ToThread) => {
    switch (message.type) {
      case 'close':
        return closing.abort()
      case 'metrics':
        return void registry.getMetricsAsJSON().then(snapshot => tell({ type: 'metrics', snapshot }))
      default:
        return message satisfies never
    }
  })
  try {
    await main({ data: data as Data, signal: closing.signal, registry, logger, ready: () => tell({ type: 'ready' }) })
  } catch (error) {
    tell({ type: 'failed', error: asCloneable(error) })
  } finally {
    host.close() // the last thing that kept the thread alive
  }
}

/** Errors survive the way to the host with message, stack and cause; anything that cannot be cloned goes as text. */
function asCloneable(error: unknown): unknown {
  try {
    return structuredClone(error)
  } catch {
    return error instanceof Error ? Object.assign(new Error(error.message), { stack: error.stack }) : String(error)
  }
}
