import { distanceMeters } from '#schema/geo.ts'
import type { Command, Invocation } from '../command.ts'
import { CommandError, EXIT, type ExitCode } from '../exit-code.ts'
import { FILTER_OPTIONS, filterOf, type PoiFilterInput } from '../filter-options.ts'
import { painterFor, table } from '../terminal.ts'

export const searchCommand: Command = {
  name: 'search',
  operands: '[text]',
  summary: 'find POIs by text and place',
  description: [
    'Every word of the text must begin a word of the name, the category or the description; case and diacritics do not count. The best match comes first; without text the nearest to --near, else by id.',
  ],
  options: {
    ...FILTER_OPTIONS,
    first: { type: 'string', value: 'N', help: 'how many, 1 to 500 (20)' },
    page: { type: 'string', value: 'CURSOR', help: 'the next page, as the last line of the page before says' },
  },
  examples: [
    ['poi search "zürich" --near 47.4,8.5,50000', 'by text within 50 km'],
    ['poi search --bbox 5.9,45.8,10.5,47.8 --category heliport', 'heliports in a box'],
    ['poi search frankfurt --json | jq -r .pois[].id', 'only the ids'],
  ],
  run,
}

const SEARCH = `query Search($filter: PoiFilter, $orderBy: PoiOrder, $first: Int!, $after: String) {
  pois(filter: $filter, orderBy: $orderBy, first: $first, after: $after) {
    totalCount asOf
    pageInfo { hasNextPage endCursor }
    edges { node { id name category description status sourceId timestamp version location { latitude longitude } } }
  }
}`

interface FoundPoi {
  readonly id: string
  readonly name: string
  readonly category: string
  readonly description: string | null
  readonly status: string
  readonly location: { readonly latitude: number; readonly longitude: number }
}

interface SearchAnswer {
  readonly pois: {
    readonly totalCount: number
    readonly asOf: string
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null }
    readonly edges: readonly { readonly node: FoundPoi }[]
  }
}

async function run({ operands, options, endpoint, console, json, quiet, signal }: Invocation): Promise<ExitCode> {
  const first = options.number('first', { min: 1, max: 500, whole: true }) ?? 20
  const text = operands.join(' ').trim()
  const filter = filterOf(options, text === '' ? undefined : text)
  if (filter === undefined)
    throw new CommandError(EXIT.usage, 'What is to be found? Give a text, or at least one of --bbox, --near, --category, --id, --source.')
  const orderBy = filter.text !== undefined ? 'RELEVANCE' : filter.near !== undefined ? 'DISTANCE' : 'ID'
  const { pois } = await endpoint.ask<SearchAnswer>(SEARCH, { filter, orderBy, first, after: options.text('page') ?? null }, signal)
  const found = pois.edges.map(({ node }) => withDistance(node, filter))
  const next = pois.pageInfo.hasNextPage ? pois.pageInfo.endCursor : null
  if (json) {
    console.stdout.write(`${JSON.stringify({ totalCount: pois.totalCount, asOf: pois.asOf, next, pois: found })}\n`)
    return EXIT.ok
  }
  const paint = painterFor(console)
  const [heading = '', ...rows] = table([
    ['id', 'name', 'category', 'where', 'location', ...(filter.near === undefined ? [] : ['away'])],
    ...found.map(({ id, name, category, description, location, distanceMeters: away }) => [
      id,
      name,
      category,
      description ?? '',
      `${location.latitude.toFixed(5)},${location.longitude.toFixed(5)}`,
      ...(away === undefined ? [] : [away < 1_000 ? `${Math.round(away)} m` : `${(away / 1_000).toFixed(1)} km`]),
    ]),
  ])
  if (found.length > 0) console.stdout.write(`${[paint('bold', heading), ...rows].join('\n')}\n`)
  if (!quiet) {
    console.stderr.write(`${found.length.toLocaleString('en')} of ${pois.totalCount.toLocaleString('en')} found.\n`)
    if (next !== null) console.stderr.write(`More: the same with --page ${next}\n`)
  }
  return EXIT.ok
}

function withDistance(poi: FoundPoi, { near }: PoiFilterInput): FoundPoi & { readonly distanceMeters?: number } {
  return near === undefined ? poi : { ...poi, distanceMeters: Math.round(distanceMeters(near, poi.location) * 10) / 10 }
}
