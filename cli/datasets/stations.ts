import { createReadStream } from 'node:fs'
import { readNdjson } from '../import/ndjson-rows.ts'
import type { ImportRow, PoiInput } from '../import/row.ts'
import { brokenRow, type Dataset, fileBeside, known } from './dataset.ts'

/** The data set names no dates: this is when the package was published. Fixed, so that a second import changes nothing. */
const PUBLISHED = '2025-10-05T00:00:00Z'

/** 292,625 stations and stops of Germany's public transport. */
export const stations: Dataset = {
  name: 'stations',
  version: 'db-hafas-stations@2.0.0',
  rows: 292_625,
  attribution: 'Stations: DB InfraGO AG (CC BY 4.0) and OpenStreetMap contributors (ODbL 1.0), by npm db-hafas-stations (ISC).',
  read: readStations,
}

async function* readStations(): AsyncGenerator<ImportRow> {
  const file = fileBeside(() => import.meta.resolve('db-hafas-stations'), 'full.ndjson')
  for await (const row of readNdjson(createReadStream(file, { highWaterMark: 256 * 1024 }))) {
    if ('unreadable' in row) yield { row: row.row, id: null, faults: [row.unreadable] }
    else {
      const input = stationOf(row.fields)
      yield input === undefined
        ? brokenRow(row.row, String(row.fields['id']), 'wanted a station or stop with id, name and location')
        : { row: row.row, input }
    }
  }
}

/** A station or stop in the Friendly Public Transport Format; undefined when it is none. The facilities of large stations are kept. */
export function stationOf(fields: Readonly<Record<string, unknown>>): PoiInput | undefined {
  const { id, name, type, location, products, weight, station, facilities, ril100Ids, ifoptId, transitAuthority } = fields
  const { latitude, longitude } = recordOf(location)
  if (typeof id !== 'string' || typeof name !== 'string' || typeof latitude !== 'number' || typeof longitude !== 'number') return undefined
  const served = Object.keys(recordOf(products)).filter(product => recordOf(products)[product] === true)
  const partOf = recordOf(station)
  return {
    id: `station:${id}`,
    sourceId: 'db-hafas-stations',
    name,
    category: `public_transport/${type === 'station' ? 'station' : 'stop'}`,
    ...(served.length > 0 && { description: served.map(product => PRODUCTS[product] ?? product).join(', ') }),
    location: { latitude, longitude },
    timestamp: PUBLISHED,
    attributes: known({ weight, partOf: partOf['id'], ril100Ids, ifoptId, transitAuthority, facilities }),
  }
}

const PRODUCTS: Readonly<Record<string, string>> = {
  nationalExpress: 'high-speed train',
  national: 'long-distance train',
  regionalExpress: 'regional express train',
  regional: 'regional train',
  suburban: 'suburban train',
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {}
}
