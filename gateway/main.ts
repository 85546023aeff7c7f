/** The gateway process: the supergraph in, subgraphs of other processes behind it. `node gateway/main.ts --help` tells the rest. */
import '#runtime/production.ts'
import { readFile } from 'node:fs/promises'
import { printFields } from '#runtime/help.ts'
import { createRegistry, mergeMetrics, sourceOfRegistry } from '#runtime/metrics.ts'
import { run } from '#runtime/run.ts'
import { serve } from '#runtime/serve.ts'
import { commandLine, GATEWAY_FIELDS, readGatewayConfig } from './config.ts'
import { forwardTo } from './forward.ts'
import { IDE_PATH, ideRoutes } from './ide.ts'
import { type GatewaySubgraph, GRAPHQL_PATH, openGateway } from './open-gateway.ts'
import { POI_TABS } from './poi-tabs.ts'
import { readSupergraph } from './supergraph.ts'

const { help, env } = commandLine(process.argv.slice(2), process.env)
if (help) {
  console.log('node gateway/main.ts [--supergraph FILE] [--port N]\n\nServes a supergraph whose subgraphs run elsewhere. Environment:')
  printFields(GATEWAY_FIELDS)
  process.exit(0)
}

await run(
  'poi-gateway',
  () => readGatewayConfig(env),
  async ({ config, logger, stopped }) => {
    const registry = createRegistry({ service: 'gateway' })
    const own = config.POI_GATEWAY_SUPERGRAPH === undefined
    const supergraph = await readFile(config.POI_GATEWAY_SUPERGRAPH ?? new URL('../schema/supergraph.graphql', import.meta.url), 'utf8')
    const configured = { ingest: config.POI_INGEST_URL, pipeline: config.POI_PIPELINE_URL, store: config.POI_STORE_URL }
    const urls: Readonly<Record<string, string>> = own ? configured : {}
    const subgraphs: GatewaySubgraph[] = readSupergraph(supergraph).subgraphs.map(({ name, url }) => {
      const at = urls[name] ?? url
      return { name, url: at, wsUrl: at.replace(/^http/, 'ws') }
    })

    await using gateway = await openGateway({ supergraph, subgraphs, logger, registry, introspection: config.POI_INTROSPECTION })
    await using server = await serve({
      host: config.POI_HOST,
      port: config.POI_PORT,
      routes: {
        ...gateway.routes,
        ...(config.POI_INTROSPECTION ? await ideRoutes(GRAPHQL_PATH, own ? POI_TABS : []) : {}),
        ...(own ? { '/images/': forwardTo(config.POI_STORE_URL) } : {}),
      },
      sockets: gateway.sockets,
      missing: gateway.missing,
      metrics: () => mergeMetrics([sourceOfRegistry(registry)]),
      logger,
      drainDeadlineMs: config.POI_DRAIN_MS * 0.9,
    })
    logger.info({ 'url.full': `${server.origin}${GRAPHQL_PATH}`, ide: `${server.origin}${IDE_PATH}`, subgraphs }, 'Serving')
    await stopped
  },
)
