/** The store process of the distributed shape: changes → sink → `store.db` → queries. */
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
import { readStoreConfig, STORE_FIELDS } from './config.ts'
import { openStore } from './subgraph.ts'

readNoFlags(process.argv.slice(2), 'node subgraphs/store/main.ts\n\nRuns the sink and serves the subgraph store: queries.', STORE_FIELDS)

await run('poi-store', readStoreConfig, async ({ config, logger, stopped }) => {
  const { POI_DATA_DIR: dataDir, POI_PARTITIONS: partitions } = config
  using _lock = lockDirectory(dataDir, 'store')
  const cursorKey = await loadOrCreateKey(join(dataDir, 'cursor.key'), config.POI_CURSOR_KEY)
  const registry = createRegistry({ service: 'store' })

  await using log = await openLog(config.POI_LOG, { dataDir })
  await log.topics.ensure(topicSpecs(partitions, { ms: config.POI_RETENTION, bytes: config.POI_RETENTION_BYTES }))

  await using store = await openStore({ log, partitions, cursorKey, dataDir, logger })

  await using server = await serve({
    ...subgraphEndpoint(store, logger),
    host: config.POI_HOST,
    port: config.POI_PORT,
    missing: store.missing,
    metrics: () => mergeMetrics([sourceOfRegistry(registry), store.sink]),
    logger,
    drainDeadlineMs: config.POI_DRAIN_MS * 0.7, // the sink and the log must still close
  })
  logger.info({ 'url.full': `${server.origin}/graphql`, log: log.description }, 'Serving')
  await Promise.race([stopped, store.sink.failed])
})
