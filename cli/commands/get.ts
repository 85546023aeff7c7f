import { formatInstant, parseTimestamp } from '#schema/time.ts'
import type { Command, Invocation } from '../command.ts'
import { CommandError, EXIT, type ExitCode } from '../exit-code.ts'
import { painterFor, printable, table } from '../terminal.ts'

export const getCommand: Command = {
  name: 'get',
  operands: '<id>',
  summary: 'show one POI, now or as it was, and its history',
  description: [
    'Shows the latest state of a POI, or with --as-of its state at an instant, and with --history what was known of it before.',
  ],
  options: {
    'as-of': { type: 'string', value: 'TIME', help: 'its state at this instant (RFC 3339)' },
    history: { type: 'boolean', help: 'its records too, the newest first' },
    first: { type: 'string', value: 'N', help: 'how many records of the history, 1 to 500 (20)' },
  },
  examples: [
    ['poi get airport:LSZH', 'the latest state'],
    ['poi get airport:LSZH --history', 'and what was known before'],
    ['poi get airport:LSZH --as-of 2026-03-01T00:00:00Z --json', 'its state then, as JSON'],
  ],
  run,
}

const FIELDS = `id version sourceId name category description location { latitude longitude } status timestamp updatedAt removed attributes imageUrl`
const HISTORY = `history(first: $first) { edges { node { eventId version kind occurredAt changed name category location { latitude longitude } } } pageInfo { hasNextPage } }`

interface PoiAnswer {
  readonly poi: {
    readonly id: string
    readonly version: number
    readonly sourceId: string | null
    readonly name: string
    readonly category: string
    readonly description: string | null
    readonly location: { readonly latitude: number; readonly longitude: number }
    readonly status: string
    readonly timestamp: string
    readonly updatedAt: string
    readonly removed: boolean
    readonly attributes: unknown
    readonly imageUrl: string | null
    readonly history?: HistoryAnswer
  } | null
}

interface HistoryAnswer {
  readonly edges: readonly {
    readonly node: {
      readonly version: number | null
      readonly kind: string
      readonly occurredAt: string
      readonly changed: readonly string[]
      readonly name: string
    }
  }[]
  readonly pageInfo: { readonly hasNextPage: boolean }
}

async function run({ operands, options, endpoint, console, json, signal }: Invocation): Promise<ExitCode> {
  const [id, ...more] = operands
  if (id === undefined || more.length > 0) throw new CommandError(EXIT.usage, 'Which POI? `poi get` wants exactly one id.')
  const first = options.number('first', { min: 1, max: 500, whole: true }) ?? 20
  const asOf = instantOf(options.text('as-of'))
  const hasHistory = options.flag('history')
  const query = hasHistory
    ? `query Get($id: ID!, $asOf: DateTime, $first: Int!) { poi(id: $id, asOf: $asOf) { ${FIELDS} ${HISTORY} } }`
    : `query Get($id: ID!, $asOf: DateTime) { poi(id: $id, asOf: $asOf) { ${FIELDS} } }`
  const { poi } = await endpoint.ask<PoiAnswer>(query, hasHistory ? { id, asOf, first } : { id, asOf }, signal)
  if (json) console.stdout.write(`${JSON.stringify(poi)}\n`)
  if (poi === null)
    throw new CommandError(EXIT.failed, `There is no POI ${JSON.stringify(id)}${asOf === undefined ? '' : ` as of ${asOf}`}.`)
  if (!json) console.stdout.write(`${describe(poi, painterFor(console)).join('\n')}\n`)
  return EXIT.ok
}

function instantOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const micros = parseTimestamp(text)
  if (micros === undefined)
    throw new CommandError(EXIT.usage, `--as-of wants an instant such as 2026-03-01T00:00:00Z; got ${JSON.stringify(text)}.`)
  return formatInstant(micros)
}

function describe(poi: NonNullable<PoiAnswer['poi']>, paint: ReturnType<typeof painterFor>): string[] {
  const attributes = typeof poi.attributes === 'object' && poi.attributes !== null ? Object.entries(poi.attributes) : []
  const facts = table(
    [
      ['id', poi.id],
      ['category', poi.category],
      ['status', poi.removed ? 'removed' : poi.status],
      ['location', `${poi.location.latitude}, ${poi.location.longitude}`],
      ['description', poi.description ?? ''],
      ['source', poi.sourceId ?? ''],
      ['true since', poi.timestamp],
      ['processed', poi.updatedAt],
      ['version', String(poi.version)],
      ['picture', poi.imageUrl ?? ''],
      ...attributes.map(([name, value]) => [`  ${name}`, typeof value === 'string' ? value : JSON.stringify(value)]),
    ].filter(([, value]) => value !== ''),
    120,
  )
  const heading = paint('bold', printable(poi.name) || '(no name)')
  return poi.history === undefined ? [heading, ...facts] : [heading, ...facts, '', ...describeHistory(poi.history)]
}

function describeHistory({ edges, pageInfo }: HistoryAnswer): string[] {
  const rows = edges.map(({ node }) => [
    node.occurredAt,
    node.version === null ? '-' : `v${node.version}`,
    node.kind,
    node.changed.join(', '),
    node.name,
  ])
  return [
    'History',
    ...table([['when', '', 'what', 'changed', 'name'], ...rows]),
    ...(pageInfo.hasNextPage ? ['There is more: --first N.'] : []),
  ]
}
