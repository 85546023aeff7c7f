import { parseObject } from './json-object.ts'

export const FORMATS = ['csv', 'ndjson', 'json', 'geojson'] as const
export type Format = (typeof FORMATS)[number]

const EXTENSIONS: Readonly<Record<string, Format>> = {
  csv: 'csv',
  tsv: 'csv',
  tab: 'csv',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  geojsonl: 'ndjson',
  geojsons: 'ndjson',
}

/** before each object of an RFC 8142 text sequence */
const RECORD_SEPARATOR = '\x1e'

/**
 * Tells the format by the file's extension and its first bytes. `.json` and `.geojson` say little: both are in use for one document and
 * for one object per line, so there, and without an extension, the content decides.
 */
export function formatOf(name: string, head: Buffer): Format {
  const extension = /\.([^.]+)$/.exec(name.toLowerCase())?.[1] ?? ''
  const known = EXTENSIONS[extension]
  if (known !== undefined) return known
  const text = head.toString('utf8').replaceAll(RECORD_SEPARATOR, '').trimStart()
  if (text.startsWith('[')) return 'json'
  if (!text.startsWith('{')) return 'csv'
  const [firstLine = '', ...more] = text.split('\n')
  const isLinewise = parseObject(firstLine) !== undefined && more.some(line => line.trimStart().startsWith('{'))
  return isLinewise ? 'ndjson' : 'json'
}

const DELIMITERS = [',', ';', '\t', '|'] as const

/** The delimiter that the header row has most often outside quotes; a comma when there is none. */
export function delimiterOf(head: Buffer): string {
  const [header = ''] = head
    .toString('utf8')
    .replace(/^[\r\n]+/, '')
    .split(/\r?\n|\r/, 1)
  const unquoted = header.replace(/"(?:[^"]|"")*"/g, '')
  const counts = DELIMITERS.map(delimiter => unquoted.split(delimiter).length - 1)
  const most = Math.max(...counts)
  return most === 0 ? ',' : (DELIMITERS[counts.indexOf(most)] ?? ',')
}
