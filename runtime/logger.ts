/** One structured line per event: ECS JSON to stdout, one JSON object a line, so that no value can start a line of its own. */
import { ecsFormat } from '@elastic/ecs-pino-format'
import pino from 'pino'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Takes whole lines, each ending in a newline, in order. */
export interface LineSink {
  write(line: string): void
}

/** Objects first, then the message: `logger.warn({ err, partition }, 'The batch failed; trying again')`. */
export type Logger = pino.Logger

/** Values under these names never reach a log line, at the top or one level down. */
const SECRETS = ['authorization', 'cookie', 'password', 'secret', 'token', 'cursorKey', 'POI_CURSOR_KEY']

/**
 * @param service becomes `service.name`
 * @param destination stdout unless told; written synchronously, so that the last words of a dying process are not lost
 */
export function createLogger({
  service,
  level = 'info',
  destination = pino.destination({ fd: 1, sync: true }),
}: {
  readonly service: string
  readonly level?: LogLevel | undefined
  readonly destination?: LineSink | undefined
}): Logger {
  const ecs = ecsFormat({ serviceName: service, apmIntegration: false, convertReqRes: false })
  const convert = ecs.formatters?.log
  return pino(
    {
      ...ecs,
      level,
      redact: { paths: SECRETS.flatMap(name => [name, `*.${name}`]), censor: '[redacted]' },
      formatters: {
        ...ecs.formatters,
        log: line => convert?.(line['err'] instanceof Error ? { ...line, err: withCauses(line['err']) } : line) ?? line,
      },
    },
    destination,
  )
}

/** The line sink of a logger: threads hand their lines to the process's one writer. */
export function lineSinkOf(logger: Logger): LineSink {
  return (logger as unknown as Record<symbol, LineSink>)[pino.symbols.streamSym] ?? pino.destination({ fd: 1, sync: true })
}

/** ECS has one stack per error; the causes, which hold what clients must not see, are written below it. */
function withCauses(error: Error): Error {
  if (error.cause === undefined) return error
  const told = new Error(error.message)
  told.name = error.name
  told.stack = stackWithCauses(error)
  return told
}

function stackWithCauses(error: Error, depth = 0): string {
  const own = error.stack ?? `${error.name}: ${error.message}`
  if (error.cause === undefined || depth >= 5) return own
  const cause = error.cause instanceof Error ? stackWithCauses(error.cause, depth + 1) : String(error.cause)
  return `${own}\nCaused by: ${cause}`
}
