/** Reads the JSON body of a request within a bound. */
import type { IncomingMessage } from 'node:http'
import type { Refusal } from './reply.ts'

export type JsonBody = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Refusal }

const LINGER_MS = 1_000

/**
 * The parsed body, or why it is refused: 413 as soon as it is known to be longer than `limit` bytes (nothing of it is kept, and the
 * connection closes), 400 when it is not JSON in UTF-8, 415 when it is compressed. An absent body is `undefined`.
 *
 * @throws the connection's error when the client goes away in the middle
 */
export async function readJsonBody(request: IncomingMessage, limit: number): Promise<JsonBody> {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity') {
    return refused({ status: 415, code: 'BAD_REQUEST', message: 'Send the body without compression.' }, request)
  }
  const announced = Number(request.headers['content-length'] ?? 0)
  if (announced > limit) return refused(tooLarge(limit), request)

  const bytes = await readBytes(request, limit)
  if (bytes === undefined) return refused(tooLarge(limit), request)
  if (bytes.length === 0) return { ok: true, value: undefined }
  try {
    return { ok: true, value: JSON.parse(bytes.toString('utf8')) }
  } catch {
    return { ok: false, refusal: { status: 400, code: 'BAD_REQUEST', message: 'The body is not valid JSON.' } }
  }
}

/** Undefined when there are more than `limit`. By events, because iterating over a request costs as much as parsing a small one. */
function readBytes(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) {
        request.off('data', take)
        resolve(undefined)
      } else chunks.push(chunk)
    }
    request.on('data', take)
    request.once('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks, size)))
    request.once('error', reject)
    request.once('close', () => reject(new Error('The client went away in the middle of its request')))
  })
}

function tooLarge(limit: number): Refusal {
  return {
    status: 413,
    code: 'PAYLOAD_TOO_LARGE',
    message: `The body is larger than ${limit} bytes. 1,000 records of about 400 bytes fit into one submitPois; send fewer or smaller records at a time.`,
  }
}

/**
 * A connection with an unread body cannot be used again. It is not cut at once either: a reset would reach the client before the answer
 * does. So what still comes is thrown away for a moment, then the connection ends.
 */
function refused(refusal: Refusal, request: IncomingMessage): JsonBody {
  request.resume()
  const cut = setTimeout(() => request.socket.destroy(), LINGER_MS)
  cut.unref()
  request.once('close', () => clearTimeout(cut))
  return { ok: false, refusal }
}
