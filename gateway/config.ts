import { parseArgs } from 'node:util'
import type { Config, Environment, Fields } from '#runtime/config.ts'
import { optional, path, text } from '#runtime/config-fields.ts'
import { PLATFORM_FIELDS, readProcessConfig } from '#runtime/platform-config.ts'

const { POI_HOST, POI_PORT, POI_LOG_LEVEL, POI_DRAIN_MS, POI_INTROSPECTION } = PLATFORM_FIELDS

/** What the gateway process reads from its environment. */
export const GATEWAY_FIELDS = {
  POI_HOST,
  POI_PORT,
  POI_LOG_LEVEL,
  POI_DRAIN_MS,
  POI_INTROSPECTION,
  POI_INGEST_URL: text('http://127.0.0.1:4001/graphql', 'Where the subgraph ingest is served.'),
  POI_PIPELINE_URL: text('http://127.0.0.1:4002/graphql', 'Where the subgraph pipeline is served.'),
  POI_STORE_URL: text('http://127.0.0.1:4003/graphql', 'Where the subgraph store is served.'),
  POI_GATEWAY_SUPERGRAPH: optional(path('', 'Another supergraph SDL file to serve; its subgraphs are found by the URLs in it.')),
} as const satisfies Fields

/** @throws ConfigError with every fault */
export function readGatewayConfig(env: Environment): Config<typeof GATEWAY_FIELDS> {
  return readProcessConfig(env, GATEWAY_FIELDS)
}

/** Flags are another way to set two of the variables. @throws TypeError for a flag that does not exist */
export function commandLine(args: readonly string[], env: Environment): { readonly help: boolean; readonly env: Environment } {
  const { values } = parseArgs({
    args: [...args],
    options: { supergraph: { type: 'string' }, port: { type: 'string' }, help: { type: 'boolean', short: 'h' } },
  })
  return {
    help: values.help === true,
    env: {
      ...env,
      ...(values.supergraph === undefined ? {} : { POI_GATEWAY_SUPERGRAPH: values.supergraph }),
      ...(values.port === undefined ? {} : { POI_PORT: values.port }),
    },
  }
}
