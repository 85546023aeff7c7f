/**
 * Composes the three subgraphs into the supergraph that the gateway serves: `npm run generate`. The result is checked in, so that a
 * change of the public API shows in review; a test proves it fresh.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { composeServices } from '@theguild/federation-composition'
import { parse } from 'graphql'

const SCHEMA = new URL('../schema/', import.meta.url)
export const SUPERGRAPH = new URL('supergraph.graphql', SCHEMA)

/** Where each subgraph's own process listens unless configured otherwise; ends up in `join__Graph(url:)`. */
const SUBGRAPHS = [
  { name: 'ingest', url: 'http://127.0.0.1:4001/graphql' },
  { name: 'pipeline', url: 'http://127.0.0.1:4002/graphql' },
  { name: 'store', url: 'http://127.0.0.1:4003/graphql' },
] as const

/** The supergraph SDL. @throws AggregateError with every composition error, each naming the types and subgraphs that disagree. */
export async function composeSupergraph(): Promise<string> {
  const services = await Promise.all(
    SUBGRAPHS.map(async ({ name, url }) => ({
      name,
      url,
      typeDefs: parse(await readFile(new URL(`${name}.graphql`, SCHEMA), 'utf8')),
    })),
  )
  const composed = composeServices(services)
  if (composed.errors) throw new AggregateError(composed.errors, composed.errors.map(error => error.message).join('\n'))
  return `# Composed from the subgraphs' schemas by scripts/compose.ts (npm run generate). Do not edit.\n${composed.supergraphSdl.trim()}\n`
}

if (import.meta.main) await writeFile(SUPERGRAPH, await composeSupergraph())
