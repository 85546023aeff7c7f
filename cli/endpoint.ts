import { setTimeout as sleep } from 'node:timers/promises'

/** One GraphQL error, as it came over the wire. */
export interface WireError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  readonly extensions?: Readonly<Record<string, unknown>>
}

/** A GraphQL answer, as it came over the wire. `data` may be there beside errors. */
export interface Answer<Data> {
  readonly data?: Data | null
  readonly errors?: readonly WireError[]
}

/**
 * The platform said no, or could not be asked. `code` is one of the platform's closed table, or UNREACHABLE (no answer) or BAD_ANSWER
 * (an answer that is not GraphQL: another server, or a proxy).
 */
export class PlatformError extends Error {
  override readonly name = 'PlatformError'
  readonly code: string
  readonly retryable: boolean
  readonly retryAfterMs: number
  readonly extensions: Readonly<Record<string, unknown>>

  constructor(message: string, extensions: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = typeof extensions['code'] === 'string' ? extensions['code'] : 'INTERNAL_SERVER_ERROR'
    this.retryable = extensions['retryable'] === true
    this.retryAfterMs = typeof extensions['retryAfterMs'] === 'number' ? extensions['retryAfterMs'] : 0
    this.extensions = extensions
  }

  static from(errors: readonly WireError[]): PlatformError {
    // A retry helps only when everything that went wrong may go right the next time.
    const decisive = errors.find(error => error.extensions?.['retryable'] !== true) ?? errors[0]
    return new PlatformError(decisive?.message ?? 'The platform gave an error without a message.', decisive?.extensions ?? {})
  }
}

/** One request gives up after this long without an answer. */
const REQUEST_TIMEOUT_MS = 30_000 // the platform's own deadlines lie below

/** The platform's GraphQL endpoint over HTTP. It holds nothing open: there is nothing to close. */
export class Endpoint {
  readonly url: string

  constructor(url: string) {
    this.url = url
  }

  /** The same endpoint for subscriptions. */
  get webSocketUrl(): string {
    return this.url.replace(/^http/, 'ws')
  }

  /**
   * Sends one operation; errors come as values beside the data.
   * @throws PlatformError UNREACHABLE or BAD_ANSWER; the signal's reason when it aborts
   */
  async execute<Data>(query: string, variables: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Answer<Data>> {
    return await this.post(JSON.stringify({ query, variables }), signal)
  }

  /** Sends one operation and returns its data. @throws PlatformError for any error in the answer too */
  async ask<Data>(query: string, variables: Readonly<Record<string, unknown>>, signal: AbortSignal): Promise<Data> {
    return dataOf(await this.execute<Data>(query, variables, signal))
  }

  /** Sends a body that is JSON already. @throws as `execute` */
  async post<Data>(body: string, signal: AbortSignal): Promise<Answer<Data>> {
    let status: number
    let text: string
    try {
      const response = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' },
        body,
        signal: AbortSignal.any([signal, AbortSignal.timeout(REQUEST_TIMEOUT_MS)]),
      })
      status = response.status
      text = await response.text()
    } catch (error) {
      signal.throwIfAborted()
      throw new PlatformError(`No answer from ${this.url}: ${reasonOf(error)}.`, { code: 'UNREACHABLE', retryable: true }, error)
    }
    const answer = parseAnswer<Data>(text)
    if (answer !== undefined) return answer
    throw new PlatformError(`${this.url} gave an answer that is not GraphQL (HTTP ${status}).`, {
      code: 'BAD_ANSWER',
      retryable: [429, 502, 503, 504].includes(status),
    })
  }
}

/** @throws PlatformError when the answer has errors or no data */
export function dataOf<Data>(answer: Answer<Data>): Data {
  if (answer.errors !== undefined && answer.errors.length > 0) throw PlatformError.from(answer.errors)
  if (answer.data === undefined || answer.data === null) throw new PlatformError('The answer has no data.', { code: 'BAD_ANSWER' })
  return answer.data
}

/**
 * How long to wait before try number `attempt` (from 1): full jitter below a bound that doubles, and never less than the platform asked
 * for.
 */
export function backoffMs(attempt: number, retryAfterMs: number, random: () => number = Math.random): number {
  const bound = Math.min(5_000, 100 * 2 ** attempt)
  return Math.max(retryAfterMs, 1) + random() * bound
}

/** Waits, unless the signal aborts: then it throws the signal's reason. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch(() => signal.throwIfAborted())
}

function parseAnswer<Data>(text: string): Answer<Data> | undefined {
  try {
    const answer: unknown = JSON.parse(text)
    const isAnswer =
      typeof answer === 'object' && answer !== null && ('data' in answer || ('errors' in answer && Array.isArray(answer.errors)))
    return isAnswer ? (answer as Answer<Data>) : undefined
  } catch {
    return undefined
  }
}

/** fetch hides why behind "fetch failed". */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `nothing within ${REQUEST_TIMEOUT_MS / 1000} s`
  const { cause } = error
  if (cause instanceof AggregateError) return reasonOf(cause.errors[0])
  if (cause instanceof Error) return cause.message === '' ? cause.name : cause.message
  return error.message
}
