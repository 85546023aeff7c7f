/** The whole platform in one process, on SQLite files: the embedded shape, and the default. */
import '#runtime/production.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openLog } from '#log/open-log.ts'
import { lockDirectory } from '#runtime/lock.ts'
import { createRegistry, mergeMetrics, sourceOfRegistry } from '#runtime/metrics.ts'
import { run } from '#runtime/run.ts'
import { loadOrCreateKey } from '#runtime/secret.ts'
import { serve } from '#runtime/serve.ts'
import { topicSpecs } from '#schema/topics.ts'
import { runDemo } from './cli/demo/run-demo.ts'
import { readCommandLine, readPlatformConfig } from './config.ts'
import { ideRoutes } from './gateway/ide.ts'
import { GRAPHQL_PATH, openGateway } from './gateway/open-gateway.ts'
import { POI_TABS } from './gateway/poi-tabs.ts'
import { openIngest } from './subgraphs/ingest/ingest.ts'
import { feedLimitsOf } from './subgraphs/pipeline/config.ts'
import { startProcessor } from './subgraphs/pipeline/start-processor.ts'
import { openPipeline } from './subgraphs/pipeline/subgraph.ts'
import { openStore } from './subgraphs/store/subgraph.ts'

const { isDemoWanted } = readCommandLine(process.argv.slice(2))

await run('poi-stream', readPlatformConfig, async ({ config, logger, signal, stopped }) => {
  const { POI_DATA_DIR: dataDir, POI_PARTITIONS: partitions } = config
  using _platform = lockDirectory(dataDir, 'platform')
  using _pipeline = lockDirectory(dataDir, 'pipeline')
  using _store = lockDirectory(dataDir, 'store')
  const cursorKey = await loadOrCreateKey(join(dataDir, 'cursor.key'), config.POI_CURSOR_KEY)
  const registry = createRegistry({ service: 'main' })

  await using log = await openLog(config.POI_LOG, { dataDir, maxInFlightBytes: config.POI_IN_FLIGHT_BYTES })
  await log.topics.ensure(topicSpecs(partitions, { ms: config.POI_RETENTION, bytes: config.POI_RETENTION_BYTES }))
  const shared = { log, partitions, cursorKey, registry, logger }

  // mutations → unprocessed log → processor → processed log → live stream, and stores → queries
  await using ingest = await openIngest({ ...shared, limits: { appendDeadlineMs: config.POI_APPEND_DEADLINE_MS } })
  await using processor = await startProcessor({ log, logger })
  await using pipeline = await openPipeline({ ...shared, limits: feedLimitsOf(config) })
  await using store = await openStore({ ...shared, dataDir })
  await using gateway = await openGateway({
    supergraph: await readFile(new URL('schema/supergraph.graphql', import.meta.url), 'utf8'),
    subgraphs: [ingest, pipeline, store].map(subgraph => ({ name: subgraph.name, subgraph })),
    introspection: config.POI_INTROSPECTION,
    logger,
    registry,
  })

  await using server = await serve({
    host: config.POI_HOST,
    port: config.POI_PORT,
    routes: { ...gateway.routes, ...store.routes, ...(config.POI_INTROSPECTION ? await ideRoutes(GRAPHQL_PATH, POI_TABS) : {}) },
    sockets: gateway.sockets,
    missing: gateway.missing,
    metrics: () => mergeMetrics([sourceOfRegistry(registry), processor, store.sink]),
    logger,
    drainDeadlineMs: config.POI_DRAIN_MS * 0.8, // the threads and the log must still close
  })
  const url = `${server.origin}${GRAPHQL_PATH}`
  console.log(`poi-stream serves
  editor    ${server.origin}/ide
  GraphQL   ${url}   (HTTP, and WebSocket for subscriptions)
  health    ${server.origin}/health/ready
  metrics   ${server.origin}/metrics
  data      ${dataDir}   (Ctrl-C stops)`)

  const demo = isDemoWanted ? runDemo({ url, dataDir, signal }) : stopped
  await Promise.race([stopped, processor.failed, store.sink.failed, demo.then(() => stopped)])
})
