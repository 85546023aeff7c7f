/** The store alone: what one change costs the sink, and what queries cost while it writes and when it rests. */
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openLog } from '#log/open-log.ts'
import { createLogger } from '#runtime/logger.ts'
import { partitionOf } from '#schema/partition.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import { encodeProcessed, encodeSubmission } from '#schema/poi-codec.ts'
import { parsePoiFilter } from '#schema/poi-filter.ts'
import { TOPICS, topicSpecs } from '#schema/topics.ts'
import { temporaryDirectory } from '../e2e/platform.ts'
import type { Seeded } from '../e2e/seeded.ts'
import { openSqliteProjection } from '../subgraphs/store/projection.sqlite.ts'
import { Readers } from '../subgraphs/store/readers.sqlite.ts'
import { openSqliteSearch } from '../subgraphs/store/search.sqlite.ts'
import type { Search, SearchOrder } from '../subgraphs/store/search.ts'
import { storeEntryOf } from '../subgraphs/store/stored-change.ts'
import { openStore } from '../subgraphs/store/subgraph.ts'
import { storePath } from '../subgraphs/store/tables.sqlite.ts'
import { type Measurement, quantiles } from './report.ts'

const PARTITIONS = 6
const RECORDS = 200_000
/** records that the sink commits together when it has to hurry */
const COMMIT = 4_000
/** 2024-01-01T00:00:00Z in µs */
const START = 1_704_067_200_000_000

const logger = createLogger({ service: 'bench', level: 'error' })

export async function store(random: Seeded): Promise<Measurement[]> {
  const words = Array.from({ length: 5_000 }, () => wordOf(random))
  const created = Array.from({ length: RECORDS }, (_, serial) => changeOf(random, words, serial))
  const moved = created.slice(0, RECORDS / 4).map((poi, i) => ({
    ...poi,
    kind: 'UPDATED' as const,
    version: 2,
    revision: poi.revision + RECORDS,
    timestamp: poi.timestamp + RECORDS,
    eventId: `${poi.eventId}-again`,
    location: i % 2 === 0 ? poi.location : placeOf(random),
  }))
  return [...(await sinkAlone(created, moved)), ...(await whileWriting(random, created))]
}

/** The projection in this thread: decode, and apply in commits of a busy sink. */
async function sinkAlone(created: readonly ProcessedPoi[], moved: readonly ProcessedPoi[]): Promise<Measurement[]> {
  await using directory = await temporaryDirectory()
  await using projection = openSqliteProjection(storePath(directory.path))
  const rows: Measurement[] = []
  for (const [benchmark, changes] of [
    ['sink, new POIs', created],
    ['sink, updates, half of them moved', moved],
  ] as const) {
    const values = changes.map(encoded)
    const begun = performance.now()
    const cpuBefore = process.threadCpuUsage()
    let decoding = 0
    for (let at = 0; at < values.length; at += COMMIT) {
      const started = performance.now()
      const entries = values.slice(at, at + COMMIT).map(storeEntryOf)
      decoding += performance.now() - started
      await projection.apply([{ progress: { partition: 0, next: at, source: at }, changes: entries.flatMap(({ change }) => change ?? []) }])
    }
    const seconds = (performance.now() - begun) / 1_000
    const { user, system } = process.threadCpuUsage(cpuBefore)
    rows.push(
      { benchmark, metric: 'throughput', value: values.length / seconds, unit: 'records/s', target: '>= 20,000' },
      { benchmark, metric: 'CPU', value: (user + system) / values.length, unit: 'µs/record', target: '<= 45' },
      { benchmark, metric: 'of it decoding', value: (decoding * 1_000) / values.length, unit: 'µs/record' },
    )
  }
  return rows
}

/** The sink in its thread follows a full log; meanwhile this thread asks. Then everything is asked once more, at rest. */
async function whileWriting(random: Seeded, changes: readonly ProcessedPoi[]): Promise<Measurement[]> {
  await using directory = await temporaryDirectory()
  await using log = await openLog('sqlite:', { dataDir: directory.path })
  await log.topics.ensure(topicSpecs(PARTITIONS, { ms: 86_400_000, bytes: 2 ** 40 }))
  for (let at = 0; at < changes.length; at += 1_000) {
    const records = changes.slice(at, at + 1_000).map(poi => ({
      partition: partitionOf(poi.id, PARTITIONS),
      key: Buffer.from(poi.id),
      value: encoded(poi),
    }))
    await log.appender.append(TOPICS.processed, records)
  }
  const begun = performance.now()
  await using _store = await openStore({
    log,
    partitions: PARTITIONS,
    cursorKey: new Uint8Array(32),
    dataDir: directory.path,
    logger,
  })
  await using readers = new Readers(storePath(directory.path))
  const search = openSqliteSearch(readers)
  const applied = (): number => Number(readers.now(reader => reader.get('SELECT sum(next) AS n FROM progress'))?.['n'] ?? 0)

  const samples: number[] = []
  while (applied() < changes.length) {
    samples.push(await milliseconds(() => search.page(boxAround(random, 1))))
    await nextTurn()
  }
  const seconds = (performance.now() - begun) / 1_000
  return [
    { benchmark: 'sink thread, while this one asks', metric: 'throughput', value: changes.length / seconds, unit: 'records/s' },
    ...quantiles('bbox of 1°, first 100, while writing', 'page', samples, { p99: '<= 5' }),
    ...(await atRest(random, search, changes)),
  ]
}

async function atRest(random: Seeded, search: Search, changes: readonly ProcessedPoi[]): Promise<Measurement[]> {
  const [word = ''] = changes[0]?.name.split(' ') ?? []
  const page = (order: SearchOrder, filter: Parameters<typeof filterOf>[0], first: number) =>
    search.page({ filter: filterOf(filter), order, first, after: null })
  const nearest = () => page({ by: 'DISTANCE', from: placeOf(random) }, {}, 10)
  const questions: Readonly<Record<string, () => Promise<unknown>>> = {
    'bbox of 1°, first 100': () => search.page(boxAround(random, 1)),
    'bbox of 30°, first 100': () => search.page(boxAround(random, 30)),
    'bbox of 30°, totalCount': () => search.count(boxAround(random, 30).filter),
    'nearest 10 of all': nearest,
    'text by relevance': () => page({ by: 'RELEVANCE' }, { text: word }, 100),
    'text of one letter by relevance': () => page({ by: 'RELEVANCE' }, { text: 'a' }, 100),
    'all by name, first 100': () => page({ by: 'NAME' }, {}, 100),
    'totalCount of all': () => search.count(filterOf({})),
    'facets by category of all': () => search.facets(filterOf({}), 'CATEGORY', 20),
  }
  const rows: Measurement[] = []
  for (const [benchmark, ask] of Object.entries(questions)) {
    const samples: number[] = []
    for (let i = 0; i < 200; i++) samples.push(await milliseconds(ask))
    rows.push(...quantiles(benchmark, 'answer', samples))
  }
  return rows
}

async function milliseconds(work: () => Promise<unknown>): Promise<number> {
  const begun = performance.now()
  await work()
  return performance.now() - begun
}

function boxAround(random: Seeded, degrees: number) {
  const { latitude, longitude } = placeOf(random)
  const bbox = { west: longitude, south: latitude, east: Math.min(180, longitude + degrees), north: Math.min(90, latitude + degrees) }
  return { filter: filterOf({ bbox }), order: { by: 'ID' }, first: 100, after: null } as const
}

function filterOf(input: Parameters<typeof parsePoiFilter>[0]) {
  const parsed = parsePoiFilter(input)
  if (!parsed.ok) throw new Error(parsed.faults.map(({ message }) => message).join(' '))
  return parsed.filter
}

/** Four in five POIs lie in a hundred cities, as they do in the world. */
function placeOf(random: Seeded): ProcessedPoi['location'] {
  if (random.next() < 0.2) return { latitude: random.next() * 170 - 85, longitude: random.next() * 358 - 179 }
  const city = random.between(0, 99)
  return {
    latitude: ((city * 37) % 110) - 50 + random.next() * 0.5,
    longitude: ((city * 71) % 350) - 175 + random.next() * 0.5,
  }
}

function wordOf(random: Seeded): string {
  return Array.from({ length: random.between(3, 9) }, () => String.fromCharCode(97 + random.between(0, 25))).join('')
}

/** About 300 bytes as the producer writes it. Ids in no order: the worst case of every index. */
function changeOf(random: Seeded, words: readonly string[], serial: number): ProcessedPoi {
  // Squared: some words are everywhere and most are rare.
  const word = () => words[Math.floor(random.next() ** 2 * words.length)] ?? ''
  const time = START + serial
  return {
    id: `bench:${random.between(0, 2 ** 31)}-${serial}`,
    sourceId: `source-${serial % 10}`,
    name: `${word()} ${word()}`,
    names: null,
    category: `amenity/${words[serial % 50]}`,
    description: `${word()} ${word()} ${word()} ${word()} ${word()} ${word()}`,
    location: placeOf(random),
    status: 'OPEN',
    timestamp: time,
    attributes: { seats: serial % 80, wifi: serial % 2 === 0, opening_hours: 'Mo-Su 08:00-18:00' },
    eventId: `${random.between(0, 2 ** 31).toString(36)}${random.between(0, 2 ** 31).toString(36)}${serial}`,
    kind: 'CREATED',
    version: 1,
    revision: time,
    operation: 'UPSERT',
    previousLocation: null,
    source: { partition: 0, offset: serial },
    rulesVersion: 1,
    acceptedAt: time,
    processedAt: time,
    warnings: [],
    imageHash: null,
  }
}

function encoded(poi: ProcessedPoi): Uint8Array {
  const { operation, eventId, acceptedAt } = poi
  return encodeProcessed(encodeSubmission({ operation, eventId, acceptedAt, record: { ...poi, image: null } }), poi)
}
