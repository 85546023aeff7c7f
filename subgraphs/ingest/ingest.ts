/** ingest: mutation → judged → durable in the log; receipt → what became of it. Keeps no state of its own. */
import { readFile } from 'node:fs/promises'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { Registry } from 'prom-client'
import { type Log, LogError } from '#log/log.ts'
import type { Logger } from '#runtime/logger.ts'
import { sharedCounter } from '#runtime/metrics.ts'
import type { Subgraph } from '#runtime/subgraph.ts'
import type { Micros } from '#schema/poi.ts'
import { TOPICS } from '#schema/topics.ts'
import { createAccept } from './accept.ts'
import { createReadReceipt } from './receipt-status.ts'
import { createResolvers } from './resolvers.ts'

export interface IngestOptions {
  /** with its topics ensured; stays open when the subgraph closes */
  readonly log: Log
  readonly partitions: number
  /** signs receipts and cursors */
  readonly cursorKey: Uint8Array
  readonly registry: Registry
  readonly logger: Logger
  /** µs since 1970; the system's clock unless told */
  readonly clock?: (() => Micros) | undefined
  readonly limits?: { /** ms a mutation waits for the log; 2,000 unless told */ readonly appendDeadlineMs?: number | undefined } | undefined
}

/** µs after which a full disk is no longer held against ingest: whether there is room again only the next append tells. */
const FULL_FOR = 10_000_000 // 10 s

/** Opens the subgraph. There is nothing to close: every mutation in flight is bounded by its deadline. */
export async function openIngest({
  log,
  partitions,
  cursorKey,
  registry,
  logger,
  clock = systemClock,
  limits = {},
}: IngestOptions): Promise<Subgraph> {
  const sdl = await readFile(new URL('../../schema/ingest.graphql', import.meta.url), 'utf8')
  const records = sharedCounter(registry, {
    name: 'poi_ingest_records_total',
    help: 'Records that came in, by what became of them: accepted, refused (faults), shed (overload) or failed (the log).',
    labelNames: ['transport', 'outcome'],
  })
  const shed = sharedCounter(registry, {
    name: 'poi_shed_total',
    help: 'Work turned away because there was too much of it.',
    labelNames: ['reason'],
  })
  let fullUntil = 0
  const onAppended = (failure: unknown): void => {
    if (failure === undefined) fullUntil = 0
    else if (failure instanceof LogError && failure.code === 'FULL') fullUntil = clock() + FULL_FOR
  }
  const accept = createAccept({ log, partitions, appendDeadlineMs: limits.appendDeadlineMs ?? 2_000, records, shed, onAppended })
  const resolvers = createResolvers({ accept, readReceipt: createReadReceipt({ log, cursorKey }), cursorKey, clock })
  return {
    name: 'ingest',
    sdl,
    // The library's own declaration of resolvers knows no context; the generated one is stricter.
    schema: buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as UntypedResolvers }),
    context: request => request,
    async missing() {
      try {
        await log.topics.positions(TOPICS.unprocessed)
        return clock() < fullUntil ? ["The disk of the platform's log is full."] : []
      } catch (err) {
        if (!(err instanceof LogError)) throw err
        logger.warn({ err }, 'The log does not answer')
        return ['The log does not answer.']
      }
    },
    async [Symbol.asyncDispose]() {},
  }
}

type UntypedResolvers = NonNullable<Extract<Parameters<typeof buildSubgraphSchema>[0], { resolvers?: unknown }>['resolvers']>

function systemClock(): Micros {
  return Date.now() * 1_000
}
