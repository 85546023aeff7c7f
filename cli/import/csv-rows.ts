import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CsvError, parse } from 'csv-parse'
import type { Fault } from '#schema/poi.ts'
import { CommandError, EXIT } from '../exit-code.ts'
import type { SourceRow } from './row.ts'
import { MAX_ROW_BYTES, unreadableText } from './unreadable.ts'

interface ParsedRecord {
  readonly record: readonly string[]
  /** `lines`: physical lines read so far, this record's last one included */
  readonly info: { readonly lines: number }
}

/** A CSV file, its header read. */
export interface CsvRows {
  readonly header: readonly string[]
  /** can be read once */
  readonly rows: AsyncIterable<SourceRow>
}

/**
 * Reads CSV (RFC 4180; any line ends; quotes inside unquoted fields are text). The first row names the columns. A row with another number
 * of columns, or of broken text, is reported and the next one read.
 * @throws CommandError when there is no header, or when a quote is never closed: what follows it cannot be told apart any more
 */
export async function readCsv(chunks: AsyncIterable<Buffer>, delimiter: string): Promise<CsvRows> {
  const parser = parse({
    delimiter,
    info: true,
    relax_column_count: true,
    relax_quotes: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_BYTES,
  })
  // The iteration below throws what fails here; this only keeps the promise from being unhandled.
  pipeline(Readable.from(chunks), parser).catch(() => {})
  const records: AsyncIterator<ParsedRecord> = parser[Symbol.asyncIterator]()
  const first = await nextOf(records)
  if (first === undefined) throw new CommandError(EXIT.failed, 'The file is empty: the first row must name the columns.')
  const header = first.record.map((name, index) => name.trim() || `column ${index + 1}`)
  return { header, rows: rowsOf(records, header) }
}

async function* rowsOf(records: AsyncIterator<ParsedRecord>, header: readonly string[]): AsyncGenerator<SourceRow> {
  try {
    let row = 0
    while (true) {
      const parsed = await nextOf(records)
      if (parsed === undefined) return
      row += 1
      const place = { row, line: parsed.info.lines }
      const unreadable = faultOf(parsed.record, header)
      // fromEntries defines own members, so that a column named __proto__ is data.
      if (unreadable === undefined) yield { ...place, fields: Object.fromEntries(header.map((name, i) => [name, parsed.record[i] ?? ''])) }
      else yield { ...place, unreadable }
    }
  } finally {
    await records.return?.()
  }
}

function faultOf(record: readonly string[], header: readonly string[]): Fault | undefined {
  if (record.length !== header.length)
    return { field: null, code: 'BAD_FORMAT', message: `wanted ${header.length} columns as in the header, got ${record.length}` }
  return record.some(field => field.includes('\ufffd')) ? unreadableText() : undefined
}

async function nextOf(records: AsyncIterator<ParsedRecord>): Promise<ParsedRecord | undefined> {
  try {
    const next = await records.next()
    return next.done ? undefined : next.value
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const line = 'lines' in error ? ` at line ${error['lines']}` : ''
    const reason =
      error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
        ? 'a quote is opened and never closed, or a row is larger than 1 MiB'
        : error.message
    throw new CommandError(EXIT.failed, `The CSV cannot be read any further${line}: ${reason}.`, { cause: error })
  }
}
