/** Pictures of POIs over plain HTTP, by content. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { refuse, send } from '#runtime/reply.ts'
import type { Records } from './records.ts'

export const IMAGES_PATH = '/images/'

const HASH = /^\/images\/([0-9a-f]{64})$/
// One address, one content, for ever. What producers send is shown, never run.
const HEADERS = {
  'cache-control': 'public, max-age=31536000, immutable',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
} as const

export function createImageRoute(records: Records): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, { status: 405, code: 'BAD_REQUEST', message: 'Pictures can only be read.' }, { allow: 'GET, HEAD' })
    const hash = HASH.exec(new URL(request.url ?? '/', 'http://localhost').pathname)?.[1]
    const bytes = hash === undefined ? null : await records.image(hash)
    if (bytes === null) return refuse(response, { status: 404, code: 'NOT_FOUND', message: 'There is no such picture.' })
    const headers = { ...HEADERS, etag: `"${hash}"` }
    if (request.headers['if-none-match']?.includes(`"${hash}"`) === true) {
      response.writeHead(304, headers).end()
      return
    }
    send(response, 200, contentTypeOf(bytes), bytes, headers)
  }
}

/** By the first bytes; what no browser should guess about is `application/octet-stream`. */
export function contentTypeOf(bytes: Uint8Array): string {
  const start = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, 12)).toString('latin1')
  if (start.startsWith('\x89PNG\r\n\x1a\n')) return 'image/png'
  if (start.startsWith('\xff\xd8\xff')) return 'image/jpeg'
  if (start.startsWith('GIF87a') || start.startsWith('GIF89a')) return 'image/gif'
  if (start.startsWith('RIFF') && start.slice(8) === 'WEBP') return 'image/webp'
  return 'application/octet-stream'
}
