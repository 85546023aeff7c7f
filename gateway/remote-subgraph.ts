/** A subgraph of another process: HTTP for queries and mutations, a WebSocket for each subscription. */
import { type DocumentNode, type ExecutionResult, print } from 'graphql'
import { asGraphQLError } from '#runtime/client-error.ts'
import { PoiError } from '#runtime/errors.ts'
import type { Logger } from '#runtime/logger.ts'
import type { Breaker } from './breaker.ts'
import { readRemoteResult } from './remote-result.ts'
import { openRemoteStream } from './remote-stream.ts'
import type { RetryBudget } from './retry-budget.ts'
import type { SubgraphRequest, SubgraphTarget } from './subgraph-target.ts'

export interface RemoteSubgraphOptions {
  readonly name: string
  /** `http://host:port/graphql` */
  readonly url: string
  /** `ws://host:port/graphql` */
  readonly wsUrl: string
  readonly logger: Logger
  readonly breaker: Breaker
  readonly budget: RetryBudget
  /** ms for one request; 10,000 unless told. Longer than a subgraph's own deadlines, so that theirs are the ones that are told. */
  readonly deadlineMs?: number
}

const UNREACHABLE_STATUS: ReadonlySet<number> = new Set([502, 503, 504])
const ANSWER_LIMIT_BYTES = 64 * 2 ** 20

export function remoteSubgraph(options: RemoteSubgraphOptions): SubgraphTarget {
  const { name, url, wsUrl, logger, breaker, budget, deadlineMs = 10_000 } = options
  const texts = new WeakMap<DocumentNode, string>()
  const textOf = (document: DocumentNode) => {
    const text = texts.get(document) ?? print(document)
    texts.set(document, text)
    return text
  }
  const unavailable = (cause?: unknown) =>
    new PoiError('SUBGRAPH_UNAVAILABLE', 'A part of the platform cannot be reached right now.', {
      cause: new Error(`The subgraph ${name} at ${url} cannot be reached`, { cause }),
    })

  /** One try. @throws PoiError */
  async function post({ document, variables, correlationId }: SubgraphRequest): Promise<ExecutionResult> {
    if (!breaker.allows()) throw unavailable(new Error('its circuit breaker is open'))
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json',
          'x-correlation-id': correlationId,
        },
        body: JSON.stringify({ query: textOf(document), variables }),
        signal: AbortSignal.timeout(deadlineMs),
      })
      if (UNREACHABLE_STATUS.has(response.status)) throw new Error(`it answered with status ${response.status}`)
      const result = readRemoteResult(JSON.parse(await readText(response)))
      breaker.succeeded()
      return result
    } catch (error) {
      breaker.failed()
      if (error instanceof DOMException && error.name === 'TimeoutError') {
        const cause = new Error(`The subgraph ${name} did not answer within ${deadlineMs} ms`, { cause: error })
        throw new PoiError('DEADLINE_EXCEEDED', 'A part of the platform did not answer in time.', { cause })
      }
      throw unavailable(error)
    }
  }

  return {
    name,
    execute: async request => {
      budget.sent()
      try {
        return await post(request)
      } catch (error) {
        // A mutation may have been carried out before its answer was lost: only its sender can know whether to send it again.
        const isWorthAnother = error instanceof PoiError && error.code === 'SUBGRAPH_UNAVAILABLE' && request.type === 'query'
        if (!isWorthAnother || breaker.state === 'open' || !budget.take()) return failed(error)
        logger.debug({ err: error, subgraph: name }, 'Trying a query again')
        return await post(request).catch(failed)
      }
    },
    subscribe: async ({ document, variables, correlationId }) => {
      if (!breaker.allows()) return failed(unavailable(new Error('its circuit breaker is open')))
      try {
        const stream = await openRemoteStream({
          url: wsUrl,
          payload: { query: textOf(document), variables, extensions: { correlationId } },
          lost: unavailable,
        })
        breaker.succeeded()
        return stream
      } catch (error) {
        breaker.failed()
        return failed(error)
      }
    },
    missing: async () => {
      const what = `The subgraph ${name} cannot be reached.`
      try {
        const ready = await fetch(new URL('/health/ready', url), { signal: AbortSignal.timeout(1_000) })
        await ready.body?.cancel()
        // A subgraph of somebody else may have no such page; that it answers is all one can ask.
        return ready.ok || ready.status === 404 ? [] : [`The subgraph ${name} is not ready.`]
      } catch {
        return [what]
      }
    },
    [Symbol.asyncDispose]: async () => {},
  }
}

function failed(error: unknown): ExecutionResult {
  return { data: null, errors: [asGraphQLError(error)] }
}

/** @throws Error when the answer is longer than allowed */
async function readText(response: Response): Promise<string> {
  const announced = Number(response.headers.get('content-length') ?? 0)
  if (announced > ANSWER_LIMIT_BYTES) {
    await response.body?.cancel()
    throw new Error(`it answered with ${announced} bytes`)
  }
  return await response.text()
}
