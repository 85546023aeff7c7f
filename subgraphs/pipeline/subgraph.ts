/** pipeline, as a subgraph: the live stream of processed changes, and how far the processor is. The processor itself runs in a thread of its own. */
import { readFile } from 'node:fs/promises'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { parse } from 'graphql'
import type { Subgraph } from '#runtime/subgraph.ts'
import type { Micros } from '#schema/poi.ts'
import { DEFAULT_RULES } from './default-rules.ts'
import { type FeedOptions, openFeed } from './feed.ts'
import { createReadPipelineStatus } from './pipeline-status.ts'
import { createResolvers } from './resolvers.ts'

export interface PipelineOptions extends Omit<FeedOptions, 'clock'> {
  /** µs since 1970; the system's clock unless told */
  readonly clock?: (() => Micros) | undefined
}

/** Opens the subgraph; the log stays open when it closes. Closing tells every subscriber SHUTTING_DOWN and where to resume. */
export async function openPipeline({ clock = systemClock, ...options }: PipelineOptions): Promise<Subgraph> {
  const sdl = await readFile(new URL('../../schema/pipeline.graphql', import.meta.url), 'utf8')
  const feed = await openFeed({ ...options, clock })
  const readStatus = createReadPipelineStatus({ log: options.log, feed, rulesVersion: DEFAULT_RULES.version })
  const resolvers = createResolvers({ feed, readStatus })
  return {
    name: 'pipeline',
    sdl,
    // The library's own declaration of resolvers knows no context; the generated one is stricter.
    schema: buildSubgraphSchema({ typeDefs: parse(sdl), resolvers: resolvers as UntypedResolvers }),
    context: request => request,
    missing: async () => (feed.trouble === undefined ? [] : ['The live stream cannot read the log.']),
    [Symbol.asyncDispose]: () => feed[Symbol.asyncDispose](),
  }
}

type UntypedResolvers = NonNullable<Extract<Parameters<typeof buildSubgraphSchema>[0], { resolvers?: unknown }>['resolvers']>

function systemClock(): Micros {
  return Date.now() * 1_000
}
