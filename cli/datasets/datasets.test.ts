import assert from 'node:assert/strict'
import { test } from 'node:test'
import { dryRun } from '../import/dry-run.ts'
import type { ImportRow } from '../import/row.ts'
import { airports } from './airports.ts'
import { cities } from './cities.ts'
import type { Dataset } from './dataset.ts'
import { stations } from './stations.ts'

const now = Date.now() * 1_000
const signal = new AbortController().signal

async function first(dataset: Dataset, count: number): Promise<ImportRow[]> {
  const rows: ImportRow[] = []
  for await (const row of dataset.read()) {
    rows.push(row)
    if (rows.length === count) break
  }
  return rows
}

const inputOf = (row: ImportRow | undefined) => (row !== undefined && 'input' in row ? row.input : undefined)

test('every airport is within the bounds of the platform, with an id of its own', async () => {
  const ids = new Set<string>()
  async function* counted() {
    for await (const row of airports.read()) {
      ids.add(inputOf(row)?.id ?? '')
      yield row
    }
  }
  assert.deepEqual(await dryRun(counted(), { now, signal, onJudged: () => {} }), { row: 69_899, accepted: 69_899, refused: 0 })
  assert.equal(ids.size, airports.rows)
})

test('an airport keeps the category, the codes and the time of the data set', async () => {
  assert.deepEqual(inputOf((await first(airports, 2))[1]), {
    id: 'airport:00AA',
    sourceId: 'ourairports',
    name: 'Aero B Ranch Airport',
    category: 'small_airport',
    description: 'Leoti, United States',
    location: { latitude: 38.704022, longitude: -101.473911 },
    timestamp: '2026-02-16T17:16:16Z',
    status: 'OPEN',
    attributes: { ident: '00AA', faa: '00AA', local: '00AA', elevationFeet: 3435, countryCode: 'US', region: 'US-KS', city: 'Leoti' },
  })
})

test('a stop tells what stops there and what it belongs to', async () => {
  const rows = await first(stations, 2_000)
  assert.deepEqual(await dryRun(rows, { now, signal, onJudged: () => {} }), { row: 2_000, accepted: 2_000, refused: 0 })
  assert.deepEqual(inputOf(rows[0]), {
    id: 'station:100001',
    sourceId: 'db-hafas-stations',
    name: 'Hauptwache, Frankfurt a.M.',
    category: 'public_transport/stop',
    description: 'subway',
    location: { latitude: 50.113964, longitude: 8.679291 },
    timestamp: '2025-10-05T00:00:00Z',
    attributes: { weight: 0.2, partOf: '8006692' },
  })
})

test('a city has the day of its last change as event time and its other names to be found by', async () => {
  const rows = await first(cities, 2_000)
  assert.deepEqual(await dryRun(rows, { now, signal, onJudged: () => {} }), { row: 2_000, accepted: 2_000, refused: 0 })
  assert.deepEqual(inputOf(rows[1]), {
    id: 'city:3039154',
    sourceId: 'geonames',
    name: 'El Tarter',
    category: 'place/populated',
    description: 'Also: Ehl Tarter, Эл Тартер',
    location: { latitude: 42.57952, longitude: 1.65362 },
    timestamp: '2012-11-03T00:00:00Z',
    attributes: { population: 1052, countryCode: 'AD', region: '02', timezone: 'Europe/Andorra', featureCode: 'PPL' },
  })
})
