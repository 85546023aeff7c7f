/**
 * WebSocket text frames with a `next` message of graphql-transport-ws, built for many receivers at once.
 *
 * Layout (RFC 6455, 5.2; server to client, so unmasked): 0x81, payload length (7 bit, 126 + 16 bit or 127 + 64 bit), payload. The payload is
 * `{"id":` ID `,"type":"next","payload":` RESULT `}`; for receivers whose ids have the same length only the ID's bytes differ.
 */
const HEAD = Buffer.from('{"id":')
const MIDDLE = Buffer.from(',"type":"next","payload":')
const TAIL = Buffer.from('}')

/** The id of a subscription as it stands in its frames. */
export function idBytes(id: string): Buffer {
  return Buffer.from(JSON.stringify(id))
}

/** Frames of consecutive events in one piece, with holes for the id. */
export interface FrameTemplate {
  readonly bytes: Buffer
  /** where in `bytes` the id goes, once for each frame */
  readonly holes: readonly number[]
}

/** @param results JSON texts, UTF-8; @param idLength bytes of the id as JSON */
export function frameTemplate(results: readonly Buffer[], idLength: number): FrameTemplate {
  const fixed = HEAD.length + MIDDLE.length + TAIL.length + idLength
  const sizes = results.map(result => headerSize(fixed + result.length) + fixed + result.length)
  const bytes = Buffer.allocUnsafe(sizes.reduce((sum, size) => sum + size, 0))
  const holes: number[] = []
  let at = 0
  for (const result of results) {
    at = writeHeader(bytes, at, fixed + result.length)
    at += HEAD.copy(bytes, at)
    holes.push(at)
    at += idLength
    at += MIDDLE.copy(bytes, at)
    at += result.copy(bytes, at)
    at += TAIL.copy(bytes, at)
  }
  return { bytes, holes }
}

/** The template with an id in its holes: one copy, ready to be written. */
export function fillTemplate({ bytes, holes }: FrameTemplate, id: Buffer): Buffer {
  const frames = Buffer.from(bytes)
  for (const hole of holes) id.copy(frames, hole)
  return frames
}

function headerSize(length: number): number {
  return length < 126 ? 2 : length < 65_536 ? 4 : 10
}

function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = 0x81
  if (length < 126) {
    bytes[at + 1] = length
    return at + 2
  }
  if (length < 65_536) {
    bytes[at + 1] = 126
    return bytes.writeUInt16BE(length, at + 2)
  }
  bytes[at + 1] = 127
  return bytes.writeBigUInt64BE(BigInt(length), at + 2)
}
