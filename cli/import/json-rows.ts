import { CommandError, EXIT } from '../exit-code.ts'
import { parseObject } from './json-object.ts'
import type { SourceRow } from './row.ts'
import { MAX_ROW_BYTES, notAnObject, tooLarge, unreadableText } from './unreadable.ts'

/**
 * Reads one JSON document of any size, element by element: an array, or an object whose first member that is an array of objects holds
 * the rows (`features` of GeoJSON; arrays of numbers such as `bbox` are passed over). An object without such a member is one row.
 * @throws CommandError when the document is cut off or is neither an array nor an object
 */
export async function* readJson(chunks: AsyncIterable<Buffer>): AsyncGenerator<SourceRow> {
  const splitter = new ElementSplitter()
  let row = 0
  for await (const chunk of chunks) {
    for (const element of splitter.push(chunk)) yield rowOf(++row, element)
  }
  const rest = splitter.end()
  if (rest !== undefined) yield rowOf(++row, rest)
}

function rowOf(row: number, element: Element): SourceRow {
  if (element.bytes === undefined) return { row, unreadable: tooLarge() }
  const text = element.bytes.toString('utf8')
  if (text.includes('\ufffd')) return { row, unreadable: unreadableText() }
  const fields = parseObject(text)
  return fields === undefined ? { row, unreadable: notAnObject(text.trim()) } : { row, fields }
}

interface Element {
  /** undefined when it is over the bound */
  readonly bytes: Buffer | undefined
}

const QUOTE = 0x22
const COMMA = 0x2c
const BACKSLASH = 0x5c
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

const isBlank = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/**
 * Cuts a document into the elements of its array of rows without understanding more of JSON than strings and brackets; what is wrong
 * inside an element, JSON.parse finds. Everything structural in JSON is ASCII, so it works on UTF-8 bytes.
 */
class ElementSplitter {
  /** 'start' → 'seeking' (in an object, before its rows) → 'rows' (in the array) → 'after' (in the object, behind them) → 'done' */
  #state: 'start' | 'seeking' | 'rows' | 'after' | 'done' = 'start'
  #depth = 0
  #inString = false
  #escaped = false
  /** depth inside the array of rows, once it is found */
  #rowDepth = 1
  /** a member's array was opened in the byte(s) before: does it hold objects? */
  #mayBeRows = false
  /** what was kept of the current element (or, while seeking, of the document) */
  #kept: Buffer[] = []
  #keptBytes = 0
  #sawElement = false;

  *push(chunk: Buffer): Generator<Element> {
    let start = 0
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false
        else if (byte === BACKSLASH) this.#escaped = true
        else if (byte === QUOTE) this.#inString = false
        continue
      }
      if (isBlank(byte)) continue
      if (this.#state === 'done')
        throw new CommandError(EXIT.failed, 'The JSON document goes on after its end; for one object per line say --format ndjson.')
      if (this.#mayBeRows) {
        this.#mayBeRows = false
        if (byte === OPEN_OBJECT) {
          this.#state = 'rows'
          this.#rowDepth = this.#depth
          this.#forget()
          start = i
        }
      }
      if (this.#state === 'start') {
        if (byte !== OPEN_ARRAY && byte !== OPEN_OBJECT)
          throw new CommandError(EXIT.failed, 'The file is not JSON: wanted an array or an object.')
        this.#state = byte === OPEN_ARRAY ? 'rows' : 'seeking'
        this.#depth = 1
        start = byte === OPEN_ARRAY ? i + 1 : i
        continue
      }
      if (byte === QUOTE) {
        this.#inString = true
        this.#sawElement = true
      } else if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
        this.#depth += 1
        this.#sawElement = true
        this.#mayBeRows = this.#state === 'seeking' && byte === OPEN_ARRAY && this.#depth === 2
      } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) {
        this.#depth -= 1
        if (this.#state === 'rows' && this.#depth === this.#rowDepth - 1) {
          this.#keep(chunk.subarray(start, i))
          if (this.#sawElement) yield this.#take()
          this.#forget()
          this.#state = this.#depth === 0 ? 'done' : 'after'
        } else if (this.#depth === 0) {
          if (this.#state === 'seeking') this.#keep(chunk.subarray(start, i + 1))
          this.#state = 'done'
        }
      } else if (byte === COMMA && this.#state === 'rows' && this.#depth === this.#rowDepth) {
        this.#keep(chunk.subarray(start, i))
        yield this.#take()
        start = i + 1
      } else this.#sawElement = true
    }
    if (this.#state === 'seeking' || this.#state === 'rows') this.#keep(chunk.subarray(start))
  }

  /** The document as one row, where it had no array of rows. */
  end(): Element | undefined {
    if (this.#state === 'start') throw new CommandError(EXIT.failed, 'The file is empty.')
    if (this.#state !== 'done') throw new CommandError(EXIT.failed, 'The JSON document is cut off: it ends inside an array or object.')
    return this.#keptBytes > 0 ? this.#take() : undefined
  }

  #keep(bytes: Buffer): void {
    this.#keptBytes += bytes.length
    if (this.#keptBytes > MAX_ROW_BYTES) this.#kept = []
    else this.#kept.push(bytes)
  }

  #forget(): void {
    this.#kept = []
    this.#keptBytes = 0
    this.#sawElement = false
  }

  #take(): Element {
    const element = { bytes: this.#keptBytes > MAX_ROW_BYTES ? undefined : Buffer.concat(this.#kept) }
    this.#forget()
    return element
  }
}
