import { parseObject } from './json-object.ts'
import type { SourceRow } from './row.ts'
import { MAX_ROW_BYTES, notAnObject, tooLarge, unreadableText } from './unreadable.ts'

const NEWLINE = 0x0a

/** Reads one JSON object per line (also RFC 8142 text sequences). Blank lines are skipped, a bad line is reported and the next one read. */
export async function* readNdjson(chunks: AsyncIterable<Buffer>): AsyncGenerator<SourceRow> {
  let row = 0
  for await (const { line, bytes } of linesOf(chunks)) {
    if (bytes === undefined) {
      row += 1
      yield { row, line, unreadable: tooLarge() }
      continue
    }
    const text = withoutSeparator(bytes).toString('utf8').trim()
    if (text === '') continue
    row += 1
    const fields = parseObject(text)
    if (text.includes('\ufffd')) yield { row, line, unreadable: unreadableText() }
    else if (fields === undefined) yield { row, line, unreadable: notAnObject(text) }
    else yield { row, line, fields }
  }
}

/** RFC 8142 puts a record separator before each object. */
function withoutSeparator(line: Buffer): Buffer {
  return line[0] === 0x1e ? line.subarray(1) : line
}

/** The lines of a stream, numbered from 1; `bytes` is undefined for a line over the bound, of which nothing is kept. */
export async function* linesOf(
  chunks: AsyncIterable<Buffer>,
  maxBytes = MAX_ROW_BYTES,
): AsyncGenerator<{ readonly line: number; readonly bytes: Buffer | undefined }> {
  let line = 1
  let pending: Buffer[] = []
  let size = 0
  const finish = () => {
    const bytes = size > maxBytes ? undefined : pending.length === 1 ? pending[0] : Buffer.concat(pending)
    pending = []
    size = 0
    return { line: line++, bytes }
  }
  for await (const chunk of chunks) {
    let start = 0
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      pending.push(chunk.subarray(start, end))
      size += end - start
      yield finish()
      start = end + 1
    }
    if (start === chunk.length) continue
    size += chunk.length - start
    if (size > maxBytes) pending = []
    else pending.push(chunk.subarray(start))
  }
  if (size > 0) yield finish()
}
