/** The closed table of system faults. It feeds `extensions.code`, the documentation and the clients' retry logic. */
export const ERROR_TABLE = {
  OVERLOADED: { retryable: true, retryAfterMs: 200, meaning: 'More is in flight than the platform accepts; nothing was written.' },
  BROKER_UNAVAILABLE: { retryable: true, retryAfterMs: 1_000, meaning: 'The log cannot be reached.' },
  DISK_FULL: { retryable: true, retryAfterMs: 5_000, meaning: 'The disk of the platform has no room left; nothing was written.' },
  STORE_UNAVAILABLE: { retryable: true, retryAfterMs: 1_000, meaning: 'The record store cannot be reached.' },
  SEARCH_UNAVAILABLE: { retryable: true, retryAfterMs: 1_000, meaning: 'The search engine cannot be reached.' },
  DEADLINE_EXCEEDED: {
    retryable: true,
    retryAfterMs: 500,
    meaning: 'No answer in time; the outcome is unknown. Resend with the same idempotency key.',
  },
  RATE_LIMITED: { retryable: true, retryAfterMs: 1_000, meaning: 'This client sent more than it may.' },
  SUBGRAPH_UNAVAILABLE: { retryable: true, retryAfterMs: 1_000, meaning: 'A part of the platform cannot be reached.' },
  SHUTTING_DOWN: { retryable: true, retryAfterMs: 2_000, meaning: 'The platform is shutting down; connect again.' },
  CURSOR_EXPIRED: { retryable: false, meaning: 'The log no longer holds what the cursor points at; extensions.oldestCursor can be had.' },
  CURSOR_INVALID: { retryable: false, meaning: 'The cursor or receipt was not made by this platform.' },
  SLOW_CONSUMER: { retryable: true, retryAfterMs: 0, meaning: 'The subscriber read too slowly; resume with the cursor given.' },
  AREA_TOO_LARGE: { retryable: false, meaning: 'The area is larger than this query may cover.' },
  BAD_USER_INPUT: { retryable: false, meaning: 'The request is wrong; the message says what was wanted and what came.' },
  UNAUTHENTICATED: { retryable: false, meaning: 'Who asks is not known.' },
  FORBIDDEN: { retryable: false, meaning: 'Who asks may not do this.' },
  PAYLOAD_TOO_LARGE: { retryable: false, meaning: 'The request, or its answer, is larger than allowed.' },
  INTERNAL_SERVER_ERROR: { retryable: false, meaning: 'A fault of the platform; the correlation id finds it in the logs.' },
} as const satisfies Record<string, { retryable: boolean; retryAfterMs?: number; meaning: string }>

export type ErrorCode = keyof typeof ERROR_TABLE

export function isErrorCode(code: unknown): code is ErrorCode {
  return typeof code === 'string' && Object.hasOwn(ERROR_TABLE, code)
}

/** What a client may do about an error: the row of its code, without the words. */
export function adviceOf(code: ErrorCode): { readonly retryable: boolean; readonly retryAfterMs?: number } {
  const { meaning: _, ...advice } = ERROR_TABLE[code]
  return advice
}

/**
 * The one error class of the platform. Its message is written for clients: a plain sentence without hosts, paths or upstream texts; those
 * belong into `cause`, which only the logs see. graphql-js copies `extensions` onto the GraphQL error.
 */
export class PoiError extends Error {
  override readonly name = 'PoiError'
  readonly code: ErrorCode
  readonly details: Readonly<Record<string, unknown>>

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Readonly<Record<string, unknown>> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.details = options.details ?? {}
  }

  get extensions(): Readonly<Record<string, unknown>> {
    return { ...this.details, code: this.code, ...adviceOf(this.code) }
  }
}
