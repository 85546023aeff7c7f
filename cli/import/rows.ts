import type { ByteSource } from './bytes.ts'
import { readCsv } from './csv-rows.ts'
import { delimiterOf, type Format, formatOf } from './format.ts'
import { readJson } from './json-rows.ts'
import { checkHeader, createMapping, type MappingOptions } from './mapping.ts'
import { readNdjson } from './ndjson-rows.ts'
import type { ImportRow, SourceRow } from './row.ts'

/**
 * Reads a source in its format and maps its rows.
 * @throws CommandError when nothing can be read, or when a CSV header lacks what every POI needs
 */
export async function readRows(source: ByteSource, format: Format | undefined, mapping: MappingOptions): Promise<AsyncIterable<ImportRow>> {
  const map = createMapping(mapping)
  switch (format ?? formatOf(source.name, source.head)) {
    case 'csv': {
      const csv = await readCsv(source.chunks, delimiterOf(source.head))
      checkHeader(csv.header, mapping)
      return mapped(csv.rows, map)
    }
    case 'ndjson':
      return mapped(readNdjson(source.chunks), map)
    case 'json':
    case 'geojson':
      return mapped(readJson(source.chunks), map)
  }
}

async function* mapped(rows: AsyncIterable<SourceRow>, map: (row: SourceRow) => ImportRow): AsyncGenerator<ImportRow> {
  for await (const row of rows) yield map(row)
}
