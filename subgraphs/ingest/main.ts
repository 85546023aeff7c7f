/** The ingest process of the distributed shape: mutations in, submissions durable in the log. */
import '#runtime/production.ts'
import { join } from 'node:path'
import { openLog } from '#log/open-log.ts'
import { readNoFlags } from '#runtime/help.ts'
import { createRegistry, mergeMetrics, sourceOfRegistry } from '#runtime/metrics.ts'
import { run } from '#runtime/run.ts'
import { loadOrCreateKey } from '#runtime/secret.ts'
import { serve } from '#runtime/serve.ts'
import { subgraphEndpoint } from '#runtime/serve-subgraph.ts'
import { topicSpecs } from '#schema/topics.ts'
import { INGEST_FIELDS, readIngestConfig } from './config.ts'
import { openIngest } from './ingest.ts'

readNoFlags(
  process.argv.slice(2),
  'node subgraphs/ingest/main.ts\n\nServes the subgraph ingest: mutations in, submissions durable in the log.',
  INGEST_FIELDS,
)

await run('poi-ingest', readIngestConfig, async ({ config, logger, stopped }) => {
  const { POI_DATA_DIR: dataDir, POI_PARTITIONS: partitions } = config
  const cursorKey = await loadOrCreateKey(join(dataDir, 'cursor.key'), config.POI_CURSOR_KEY)
  const registry = createRegistry({ service: 'ingest' })

  await using log = await openLog(config.POI_LOG, { dataDir, maxInFlightBytes: config.POI_IN_FLIGHT_BYTES })
  await log.topics.ensure(topicSpecs(partitions, { ms: config.POI_RETENTION, bytes: config.POI_RETENTION_BYTES }))

  await using ingest = await openIngest({
    log,
    partitions,
    cursorKey,
    registry,
    logger,
    limits: { appendDeadlineMs: config.POI_APPEND_DEADLINE_MS },
  })

  await using server = await serve({
    ...subgraphEndpoint(ingest, logger),
    host: config.POI_HOST,
    port: config.POI_PORT,
    missing: ingest.missing,
    metrics: () => mergeMetrics([sourceOfRegistry(registry)]),
    logger,
    drainDeadlineMs: config.POI_DRAIN_MS * 0.8, // the log must still close
  })
  logger.info({ 'url.full': `${server.origin}/graphql`, log: log.description }, 'Serving')
  await stopped
})
