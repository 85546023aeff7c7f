/** The processor alone: what judging one record costs, and how many go through it and the log exactly once. */
import { join } from 'node:path'
import { Registry } from 'prom-client'
import { openSqliteLog } from '#log/log.sqlite.ts'
import type { Batch, LogRecord, Tx } from '#log/log.ts'
import { createLogger } from '#runtime/logger.ts'
import { partitionOf } from '#schema/partition.ts'
import type { PoiRecord } from '#schema/poi.ts'
import { encodeSubmission } from '#schema/poi-codec.ts'
import { TOPICS } from '#schema/topics.ts'
import { temporaryDirectory } from '../e2e/platform.ts'
import type { Seeded } from '../e2e/seeded.ts'
import { DEFAULT_RULES } from '../subgraphs/pipeline/default-rules.ts'
import { runProcessor } from '../subgraphs/pipeline/processor.ts'
import { compileRules } from '../subgraphs/pipeline/rules.ts'
import { processBatch } from '../subgraphs/pipeline/transaction.ts'
import type { Measurement } from './report.ts'

const PARTITIONS = 6
const POIS = 70_000
const RECORDS = 300_000
/** 2024-07-01T12:00:00Z in µs */
const START = 1_719_835_200_000_000

const rules = compileRules(DEFAULT_RULES)
const logger = createLogger({ service: 'bench', level: 'error' })
const clock = () => Date.now() * 1_000

export async function processor(random: Seeded): Promise<Measurement[]> {
  const protobuf = submissions(random, RECORDS, (record, eventId) =>
    encodeSubmission({ operation: 'UPSERT', record, eventId, acceptedAt: record.timestamp }),
  )
  const json = submissions(random, RECORDS / 3, ({ timestamp, ...record }) =>
    Buffer.from(JSON.stringify({ ...record, timestamp: timestamp / 1e6 })),
  )
  return [...judging('judge, protobuf', protobuf), ...judging('judge, JSON', json), ...(await throughTheLog(protobuf))]
}

interface Load {
  readonly partition: number
  readonly key: Uint8Array
  readonly value: Uint8Array
}

/** Cafés that send now and then: one in eight records is late, one in fifty a resend. */
function submissions(random: Seeded, count: number, encode: (record: PoiRecord, eventId: string) => Uint8Array): readonly Load[] {
  const loads: Load[] = []
  for (let index = 0; index < count; index++) {
    const again = index % 50 === 49 ? loads.at(-1) : undefined
    const poi = random.between(0, POIS - 1)
    const id = `osm:node/${1_000_000 + poi}`
    const record: PoiRecord = {
      id,
      sourceId: 'osm',
      name: `Café ${poi} am Platz`,
      names: null,
      category: 'amenity/cafe',
      description: index % 3 === 0 ? 'Breakfast all day, cakes from the oven in the back room.' : null,
      location: { latitude: random.between(-89, 89) + 0.123456, longitude: random.between(-179, 179) + 0.654321 },
      status: 'OPEN',
      timestamp: START + index * 1_000 - (index % 8 === 0 ? 3_600_000_000 : 0),
      attributes: index % 4 === 0 ? { wheelchair: 'yes', opening_hours: 'Mo-Su 08:00-18:00' } : null,
      image: null,
    }
    loads.push(again ?? { partition: partitionOf(id, PARTITIONS), key: Buffer.from(id), value: encode(record, `${START}-${index}-event`) })
  }
  return loads
}

/** Everything but the log: decode, judge, encode, with the state in memory. */
function judging(benchmark: string, loads: readonly Load[]): Measurement[] {
  const states = new Map<string, Uint8Array>()
  const tx: Tx = {
    append() {},
    get: key => states.get(key),
    put(key, value) {
      if (value !== undefined) states.set(key, value)
    },
  }
  const batches = batchesOf(loads)
  const cpuBefore = process.threadCpuUsage()
  for (const batch of batches) {
    const tally = { outcomes: new Map(), deadLetters: new Map(), warnings: new Map(), accepted: [] }
    processBatch({ batch, tx, measure: { now: clock(), rules, partitions: PARTITIONS }, tally, logger })
  }
  const { user, system } = process.threadCpuUsage(cpuBefore)
  return [{ benchmark, metric: 'CPU', value: (user + system) / loads.length, unit: 'µs/record', target: '<= 15' }]
}

function batchesOf(loads: readonly Load[]): readonly Batch[] {
  return Array.from({ length: PARTITIONS }, (_, partition) => {
    const records = loads
      .filter(load => load.partition === partition)
      .map(({ key, value }, offset): LogRecord => ({ offset, time: START / 1_000, key, value }))
    return Array.from({ length: Math.ceil(records.length / 1_000) }, (_, index): Batch => {
      const slice = records.slice(index * 1_000, (index + 1) * 1_000)
      return { topic: TOPICS.unprocessed, partition, records: slice, next: index * 1_000 + slice.length, end: records.length }
    })
  }).flat()
}

async function throughTheLog(loads: readonly Load[]): Promise<Measurement[]> {
  const benchmark = 'processor through the SQLite log'
  await using directory = await temporaryDirectory()
  await using log = await openSqliteLog({ path: join(directory.path, 'log.db') })
  await log.topics.ensure([TOPICS.unprocessed, TOPICS.processed, TOPICS.rejected].map(name => ({ name, partitions: PARTITIONS })))
  for (let from = 0; from < loads.length; from += 5_000) await log.appender.append(TOPICS.unprocessed, loads.slice(from, from + 5_000))

  const stop = new AbortController()
  let done = 0
  let transactions = 0
  const cpuBefore = process.cpuUsage()
  const ownBefore = process.threadCpuUsage()
  const begun = performance.now()
  await runProcessor({
    log: {
      ...log,
      transactor: {
        run: request =>
          log.transactor.run({
            ...request,
            onCommit: commit => {
              request.onCommit?.(commit)
              done += commit.records
              transactions += 1
              if (done >= loads.length) stop.abort()
            },
          }),
      },
    },
    rules,
    clock,
    registry: new Registry(),
    logger,
    signal: stop.signal,
  })
  const seconds = (performance.now() - begun) / 1_000
  const all = process.cpuUsage(cpuBefore)
  const own = process.threadCpuUsage(ownBefore)
  return [
    { benchmark, metric: 'throughput', value: loads.length / seconds, unit: 'records/s', target: '>= 30,000' },
    { benchmark, metric: 'CPU of the processor’s thread', value: (own.user + own.system) / loads.length, unit: 'µs/record' },
    { benchmark, metric: 'CPU, all threads', value: (all.user + all.system) / loads.length, unit: 'µs/record' },
    { benchmark, metric: 'records per transaction', value: loads.length / transactions, unit: 'records' },
  ]
}
