import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { addAbortSignal, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { CommandError, EXIT } from '../exit-code.ts'

/** A file or standard input, opened: UTF-8 bytes without a byte order mark, whatever it was packed or encoded in. */
export interface ByteSource {
  /** the file's name without `.gz`; '' for standard input */
  readonly name: string
  /** tells whether a resumed import reads the same file; undefined for standard input */
  readonly identity: { readonly size: number; readonly modified: string } | undefined
  /** the first bytes, up to 64 KiB, to tell formats apart by; they come again in `chunks` */
  readonly head: Buffer
  /** can be read once */
  readonly chunks: AsyncIterable<Buffer>
  /** how much of the file is read, 0 to 1; undefined for standard input */
  readonly fraction: () => number | undefined
}

const HEAD_BYTES = 64 * 1024

/**
 * Opens a file, or standard input for `-`. Gzip is told by its first bytes, UTF-16 by its byte order mark; any other encoding but UTF-8
 * must be named (a WHATWG label such as `windows-1252`).
 * @throws CommandError when the file cannot be read or the encoding is not known
 */
export async function openBytes(
  path: string,
  options: { readonly stdin: Readable; readonly encoding?: string | undefined; readonly signal: AbortSignal },
): Promise<ByteSource> {
  const isStdin = path === '-'
  const file = isStdin ? undefined : await stat(path).catch(error => Promise.reject(unreadable(path, error)))
  if (file?.isDirectory()) throw new CommandError(EXIT.failed, `${path} is a directory.`)
  let read = 0
  const raw = counted(
    addAbortSignal(options.signal, isStdin ? options.stdin : createReadStream(path, { highWaterMark: 256 * 1024 })),
    bytes => {
      read += bytes
    },
  )
  const packed = await peek(failingAs(path, raw), 2)
  const isGzip = packed.head[0] === 0x1f && packed.head[1] === 0x8b
  const plain = await peek(isGzip ? failingAs(path, unzipped(packed.chunks)) : packed.chunks, 3)
  const text = await peek(decoded(plain.chunks, options.encoding ?? encodingOf(plain.head)), HEAD_BYTES)
  return {
    name: isStdin ? '' : basename(path).replace(/\.gz$/i, ''),
    identity: file && { size: file.size, modified: file.mtime.toISOString() },
    head: text.head.subarray(0, HEAD_BYTES),
    chunks: text.chunks,
    fraction: () => (file === undefined || file.size === 0 ? undefined : Math.min(1, read / file.size)),
  }
}

async function* counted(chunks: AsyncIterable<Buffer>, onBytes: (count: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    onBytes(chunk.length)
    yield chunk
  }
}

async function* failingAs(path: string, chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  try {
    yield* chunks
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, cause: unknown): CommandError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const reasons: Record<string, string> = {
    ENOENT: 'there is no such file',
    EACCES: 'reading it is not allowed',
    Z_BUF_ERROR: 'the gzip data ends too early',
    Z_DATA_ERROR: 'the gzip data is damaged',
  }
  const reason = reasons[code] ?? (cause instanceof Error ? cause.message : String(cause))
  return new CommandError(EXIT.failed, `${path === '-' ? 'Standard input' : path} cannot be read: ${reason}.`, { cause })
}

/** Reads ahead until `bytes` are there (or the end), and gives back a stream that still begins with them. */
async function peek(chunks: AsyncIterable<Buffer>, bytes: number): Promise<{ head: Buffer; chunks: AsyncIterable<Buffer> }> {
  const iterator = chunks[Symbol.asyncIterator]()
  const first: Buffer[] = []
  let size = 0
  while (size < bytes) {
    const next = await iterator.next()
    if (next.done) break
    first.push(next.value)
    size += next.value.length
  }
  async function* all(): AsyncGenerator<Buffer> {
    try {
      yield* first.splice(0)
      while (true) {
        const next = await iterator.next()
        if (next.done) return
        yield next.value
      }
    } finally {
      await iterator.return?.()
    }
  }
  return { head: Buffer.concat(first), chunks: all() }
}

async function* unzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip()
  // The iteration below throws what fails here; this only keeps the promise from being unhandled.
  pipeline(Readable.from(chunks), gunzip).catch(() => {})
  yield* gunzip
}

function encodingOf(head: Buffer): string {
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le'
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be'
  return 'utf-8'
}

async function* decoded(chunks: AsyncIterable<Buffer>, encoding: string): AsyncGenerator<Buffer> {
  const decoder = decoderOf(encoding)
  if (decoder.encoding !== 'utf-8') {
    for await (const chunk of chunks) yield Buffer.from(decoder.decode(chunk, { stream: true }))
    yield Buffer.from(decoder.decode())
    return
  }
  // UTF-8 passes as it is: broken bytes are found row by row, where they can be reported.
  let isFirst = true
  for await (const chunk of chunks) {
    yield isFirst && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf ? chunk.subarray(3) : chunk
    isFirst = false
  }
}

function decoderOf(encoding: string): InstanceType<typeof TextDecoder> {
  try {
    return new TextDecoder(encoding)
  } catch (cause) {
    throw new CommandError(
      EXIT.usage,
      `--encoding wants the name of a text encoding such as windows-1252; got ${JSON.stringify(encoding)}.`,
      {
        cause,
      },
    )
  }
}
