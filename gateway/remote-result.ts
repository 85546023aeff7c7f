/** What another process answered, as a result of this one. */
import { type ExecutionResult, GraphQLError, type GraphQLFormattedError } from 'graphql'

/** Errors become GraphQLErrors with the same message, path and extensions. @throws Error when it is no GraphQL result */
export function readRemoteResult(value: unknown): ExecutionResult {
  if (typeof value !== 'object' || value === null || !('data' in value || 'errors' in value)) {
    throw new Error('it answered with something that is no GraphQL result')
  }
  const result = value as ExecutionResult
  return Array.isArray(result.errors) ? { ...result, errors: result.errors.map(readRemoteError) } : result
}

export function readRemoteError(value: unknown): GraphQLError {
  const { message = 'An error without a message', path, extensions } = (value ?? {}) as Partial<GraphQLFormattedError>
  return new GraphQLError(String(message), { path: path ?? null, extensions: extensions ?? null })
}
