/** Plain HTTP that belongs to a subgraph of another process, such as pictures: GET requests are passed on to where it is served. */
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { ReadableStream } from 'node:stream/web'
import { refuse } from '#runtime/reply.ts'
import type { Route } from '#runtime/serve.ts'

const DEADLINE_MS = 10_000
const PASSED_ON = ['content-type', 'content-length', 'cache-control', 'etag', 'content-security-policy', 'x-content-type-options']

/** @param subgraphUrl any URL of the subgraph; the path of the request is kept */
export function forwardTo(subgraphUrl: string): Route {
  return async (request, response) => {
    if (request.method !== 'GET') return refuse(response, { status: 405, code: 'BAD_REQUEST', message: 'Only GET is possible here.' })
    // The path is appended to the origin, so that `//elsewhere` in it cannot name another host.
    const target = new URL(new URL(subgraphUrl).origin + (request.url ?? '/'))
    let answer: Response
    try {
      answer = await fetch(target, { redirect: 'manual', signal: AbortSignal.timeout(DEADLINE_MS) })
    } catch {
      return refuse(response, { status: 503, code: 'SUBGRAPH_UNAVAILABLE', message: 'A part of the platform cannot be reached right now.' })
    }
    const headers = PASSED_ON.flatMap(name => {
      const value = answer.headers.get(name)
      return value === null ? [] : [[name, value] as const]
    })
    response.writeHead(answer.status, Object.fromEntries(headers))
    if (answer.body === null) response.end()
    else await pipeline(Readable.fromWeb(answer.body as ReadableStream), response)
  }
}
