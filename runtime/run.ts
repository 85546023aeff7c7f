/** The life of a process: configuration, signals, an ordered shutdown within a deadline, and an exit code that tells how it went. */
import { ConfigError, type Environment } from './config.ts'
import { createLogger, type Logger, type LogLevel } from './logger.ts'
import { plainWordsOf } from './start-failure.ts'

/** 0: ended as asked. 1: failed, or did not end in time. 2: the configuration is wrong. */
export const EXIT = { ok: 0, failed: 1, misconfigured: 2 } as const

/** What every process's configuration has. */
export interface RunConfig {
  readonly POI_LOG_LEVEL: LogLevel
  /** ms */
  readonly POI_DRAIN_MS: number
}

/** What `main` works with. */
export interface Running<C> {
  readonly config: C
  readonly logger: Logger
  /** Aborts when the process is asked to end. */
  readonly signal: AbortSignal
  /** Resolves then: `await Promise.race([stopped, processor.failed])`. */
  readonly stopped: Promise<void>
}

/**
 * Runs `main` to its end and exits the process.
 *
 * `main` opens its parts with `await using`, waits for `stopped`, and returns: its parts are then closed in reverse order. SIGTERM and
 * SIGINT resolve `stopped`; from then on `POI_DRAIN_MS` is left. A second signal, the deadline, a throw of `main`, an uncaught exception
 * or an unhandled rejection end the process with code 1 and a line that says why; a failure whose remedy is known, also in plain words on
 * stderr.
 */
export async function run<C extends RunConfig>(
  service: string,
  readConfig: (env: Environment) => C,
  main: (running: Running<C>) => Promise<void>,
): Promise<never> {
  let config: C
  try {
    config = readConfig(process.env)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${service}: ${error.message}\n`)
    process.exit(EXIT.misconfigured)
  }
  const logger = createLogger({ service, level: config.POI_LOG_LEVEL })
  const die = (err: unknown, message: string): never => {
    logger.fatal({ err }, message)
    process.exit(EXIT.failed)
  }
  process.on('uncaughtException', error => die(error, 'An exception that nobody caught'))
  process.on('unhandledRejection', reason => die(reason, 'A rejection that nobody handled'))

  const shutdown = new AbortController()
  const stopped = new Promise<void>(resolve => shutdown.signal.addEventListener('abort', () => resolve(), { once: true }))
  const ask = (name: NodeJS.Signals): void => {
    if (shutdown.signal.aborted) die(undefined, `${name} again: ending at once`)
    logger.info({ signal: name, deadlineMs: config.POI_DRAIN_MS }, 'Shutting down')
    setTimeout(() => die(undefined, `The shutdown took longer than ${config.POI_DRAIN_MS} ms`), config.POI_DRAIN_MS)
    shutdown.abort()
  }
  process.on('SIGTERM', ask)
  process.on('SIGINT', ask)

  try {
    await main({ config, logger, signal: shutdown.signal, stopped })
  } catch (error) {
    const plain = plainWordsOf(error)
    if (plain === undefined) die(error, 'The process failed')
    else {
      logger.debug({ err: error }, 'Why the process failed')
      process.stderr.write(`${service}: ${plain}\n`)
      die(undefined, plain)
    }
  }
  logger.info('Ended')
  process.exit(EXIT.ok)
}
