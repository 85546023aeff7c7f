/** The pipeline process of the distributed shape: submissions → processor → changes → live subscriptions. */
import '#runtime/production.ts'
import { join } from 'node:path'
import { openLog } from '#log/open-log.ts'
import { readNoFlags } from '#runtime/help.ts'
import { lockDirectory } from '#runtime/lock.ts'
import { createRegistry, mergeMetrics, sourceOfRegistry } from '#runtime/metrics.ts'
import { run } from '#runtime/run.ts'
import { loadOrCreateKey } from '#runtime/secret.ts'
import { serve } from '#runtime/serve.ts'
import { subgraphEndpoint } from '#runtime/serve-subgraph.ts'
import { topicSpecs } from '#schema/topics.ts'
import { feedLimitsOf, PIPELINE_FIELDS, readPipelineConfig } from './config.ts'
import { startProcessor } from './start-processor.ts'
import { openPipeline } from './subgraph.ts'

readNoFlags(
  process.argv.slice(2),
  'node subgraphs/pipeline/main.ts\n\nRuns the processor and serves the subgraph pipeline: live subscriptions.',
  PIPELINE_FIELDS,
)

await run('poi-pipeline', readPipelineConfig, async ({ config, logger, stopped }) => {
  const { POI_DATA_DIR: dataDir, POI_PARTITIONS: partitions } = config
  using _ = lockDirectory(dataDir, 'pipeline')
  const cursorKey = await loadOrCreateKey(join(dataDir, 'cursor.key'), config.POI_CURSOR_KEY)
  const registry = createRegistry({ service: 'pipeline' })

  await using log = await openLog(config.POI_LOG, { dataDir })
  await log.topics.ensure(topicSpecs(partitions, { ms: config.POI_RETENTION, bytes: config.POI_RETENTION_BYTES }))

  await using processor = await startProcessor({ log, logger })
  await using pipeline = await openPipeline({ log, partitions, cursorKey, registry, logger, limits: feedLimitsOf(config) })

  await using server = await serve({
    ...subgraphEndpoint(pipeline, logger),
    host: config.POI_HOST,
    port: config.POI_PORT,
    missing: pipeline.missing,
    metrics: () => mergeMetrics([sourceOfRegistry(registry), processor]),
    logger,
    drainDeadlineMs: config.POI_DRAIN_MS * 0.7, // the processor and the log must still close
  })
  logger.info({ 'url.full': `${server.origin}/graphql`, log: log.description }, 'Serving')
  await Promise.race([stopped, processor.failed])
  await pipeline[Symbol.asyncDispose]() // first, so that subscribers are told where to resume while they are still connected
})
