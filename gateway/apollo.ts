/**
 * Apollo Server keeps the protocol of GraphQL over HTTP: GET, content negotiation, CSRF prevention, status codes. What it is given to
 * execute was read and checked before, and is executed by us. https://graphql.github.io/graphql-over-http
 */
import { randomUUID } from 'node:crypto'
import { ApolloServer } from '@apollo/server'
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginInlineTraceDisabled,
  ApolloServerPluginLandingPageDisabled,
  ApolloServerPluginSchemaReportingDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from '@apollo/server/plugin/disabled'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { clientError } from '#runtime/client-error.ts'
import { type Answering, answerHttp } from './http-answer.ts'
import { acceptsResponseType } from './usual-request.ts'

export interface ApolloContext {
  readonly correlationId: string
}

/** An error as clients get it, on its way through Apollo. */
class MaskedError extends GraphQLError {
  readonly formatted: GraphQLFormattedError

  constructor(formatted: GraphQLFormattedError) {
    super(formatted.message, { path: formatted.path ?? null, extensions: formatted.extensions ?? null })
    this.formatted = formatted
  }
}

/** Started. */
export async function startApollo(answering: Answering): Promise<ApolloServer<ApolloContext>> {
  const { operations, logger } = answering
  const apollo = new ApolloServer<ApolloContext>({
    gateway: {
      load: async () => ({
        executor: async ({ document, request, context }) => {
          const { correlationId } = context as ApolloContext
          const { operationName, variables = {} } = request
          const { data, errors } = await answerHttp(answering, { document, operationName, variables, correlationId })
          return {
            ...(data === undefined ? {} : { data }),
            ...(errors === undefined ? {} : { errors: errors.map(error => new MaskedError(error)) }),
          }
        },
      }),
      onSchemaLoadOrUpdate: tell => {
        tell({ apiSchema: operations.schema, coreSupergraphSdl: '' })
        return () => {}
      },
      stop: async () => {},
    },
    // Documents were read before Apollo is asked; it finds them here by "schema hash:document hash" and does not read them again.
    documentStore: {
      get: async key => operations.documentOfHash(key.slice(key.lastIndexOf(':') + 1)),
      set: async () => {},
      delete: async () => true,
    },
    persistedQueries: false,
    allowBatchedHttpRequests: false,
    csrfPrevention: true,
    introspection: true,
    includeStacktraceInErrorResponses: false,
    stopOnTerminationSignals: false,
    nodeEnv: 'production',
    logger: {
      debug: text => logger.debug(text),
      info: text => logger.debug(text),
      warn: text => logger.warn(text),
      error: text => logger.error(text),
    },
    stringifyResult: result => JSON.stringify(result),
    formatError: (_, error) =>
      error instanceof MaskedError
        ? error.formatted
        : clientError(error instanceof GraphQLError ? error : new GraphQLError(String(error)), { correlationId: randomUUID(), logger }),
    plugins: [
      ApolloServerPluginLandingPageDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginSchemaReportingDisabled(),
      ApolloServerPluginInlineTraceDisabled(),
      ApolloServerPluginCacheControlDisabled(),
      {
        requestDidStart: async () => ({
          willSendResponse: async ({ request, response, errors }) => {
            // Clients of the older media type know 4xx only for requests that are not well-formed.
            const isWellFormed = errors?.every(({ extensions }) => extensions['code'] !== 'BAD_REQUEST') === true
            if (response.http.status !== 400 || !isWellFormed) return
            if (!acceptsResponseType(request.http?.headers.get('accept'))) response.http.status = 200
          },
        }),
      },
    ],
  })
  await apollo.start()
  return apollo
}
