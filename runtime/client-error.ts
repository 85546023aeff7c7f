/**
 * What clients see of an error: a code of a closed table, a plain sentence, and a correlation id that finds the rest in the logs. Anything
 * not written for clients (messages of libraries, hosts, stacks) becomes INTERNAL_SERVER_ERROR.
 */
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql'
import { adviceOf, isErrorCode, PoiError } from './errors.ts'
import type { Logger } from './logger.ts'

/** Codes of GraphQL itself and of its HTTP protocol; their messages are about the request alone. */
const REQUEST_CODES: ReadonlySet<string> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'OPERATION_RESOLUTION_FAILURE',
  'BAD_REQUEST',
  'PERSISTED_QUERY_NOT_FOUND',
  'PERSISTED_QUERY_NOT_SUPPORTED',
])

/** One code for each limit on the shape of an operation. */
export const LIMIT_CODES = [
  'QUERY_TOO_LONG',
  'QUERY_TOO_DEEP',
  'TOO_MANY_FIELDS',
  'TOO_MANY_ALIASES',
  'TOO_MANY_DIRECTIVES',
  'TOO_MANY_ROOT_FIELDS',
  'TOO_MANY_NODES',
  'TOO_MANY_SUBSCRIPTIONS',
] as const
export type LimitCode = (typeof LIMIT_CODES)[number]

/** Members of `extensions` that other software puts there and that are none of the client's business. */
const PRIVATE_EXTENSIONS: ReadonlySet<string> = new Set([
  'stacktrace',
  'exception',
  'http',
  'serviceName',
  'service',
  'originalError',
  'debug',
])

const HIDDEN: GraphQLFormattedError = { message: 'The platform failed to answer; the correlation id finds the reason in its logs.' }

export interface MaskOptions {
  readonly correlationId: string
  /** Gets the whole error whenever the client does not. */
  readonly logger: Logger
}

/** An error of an execution as the client may see it. `error` is a GraphQLError, or the JSON of one from another process. */
export function clientError(error: GraphQLError | GraphQLFormattedError, { correlationId, logger }: MaskOptions): GraphQLFormattedError {
  const { path, locations } = error
  const place = { ...(locations === undefined ? {} : { locations }), ...(path === undefined ? {} : { path }) }
  const root = rootOf(error)
  const extensions = (root instanceof PoiError ? root.extensions : error.extensions) ?? {}
  const { code } = extensions
  if (isErrorCode(code) && code !== 'INTERNAL_SERVER_ERROR') {
    if (root instanceof PoiError && root.cause !== undefined) logger.warn({ err: root, correlationId }, root.message)
    return { message: root.message, ...place, extensions: { ...adviceOf(code), ...publicOf(extensions), correlationId } }
  }
  if (isClientCode(code) && code !== 'INTERNAL_SERVER_ERROR') {
    return { message: error.message, ...place, extensions: { retryable: false, ...publicOf(extensions), correlationId } }
  }
  if (isInputError(error))
    return { message: error.message, ...place, extensions: { code: 'BAD_USER_INPUT', retryable: false, correlationId } }
  logger.error({ err: root instanceof Error ? root : new Error(error.message), correlationId, path }, 'An operation failed')
  return { ...HIDDEN, ...place, extensions: { code: 'INTERNAL_SERVER_ERROR', retryable: false, correlationId } }
}

/** Whether clients may see this code, which also keeps it fit for a metric's label: there is a bounded number of them. */
export function isClientCode(code: unknown): code is string {
  return isErrorCode(code) || (typeof code === 'string' && (REQUEST_CODES.has(code) || (LIMIT_CODES as readonly string[]).includes(code)))
}

/** A failure outside of any field, such as a subscription's end, as an error of GraphQL. */
export function asGraphQLError(cause: unknown): GraphQLError {
  if (cause instanceof GraphQLError) return cause
  const originalError = cause instanceof Error ? cause : new Error(String(cause))
  return new GraphQLError(originalError.message, { originalError })
}

function publicOf(extensions: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(extensions).filter(([name]) => !PRIVATE_EXTENSIONS.has(name)))
}

/** What was thrown first: executors wrap errors in errors with a path, once for each layer. */
function rootOf(error: GraphQLError | GraphQLFormattedError): Error | GraphQLFormattedError {
  let root: Error | GraphQLFormattedError = error
  while (root instanceof GraphQLError && root.originalError !== undefined && root.originalError !== null) root = root.originalError
  return root
}

/**
 * graphql-js gives no code to a value of the wrong form. It is told by where the error points: at the definition of a variable, or at a
 * value in the document; what a resolver throws points at a field.
 */
function isInputError(error: GraphQLError | GraphQLFormattedError): boolean {
  if (!(error instanceof GraphQLError) || error.nodes?.length !== 1) return false
  const kind = error.nodes[0]?.kind
  return kind !== undefined && (kind === Kind.VARIABLE_DEFINITION || VALUE_KINDS.has(kind))
}

const VALUE_KINDS: ReadonlySet<string> = new Set([
  Kind.VARIABLE,
  Kind.INT,
  Kind.FLOAT,
  Kind.STRING,
  Kind.BOOLEAN,
  Kind.NULL,
  Kind.ENUM,
  Kind.LIST,
  Kind.OBJECT,
])
