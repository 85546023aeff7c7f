import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import type { Micros } from '#schema/poi.ts'
import type { Invocation } from '../command.ts'
import { airports } from '../datasets/airports.ts'
import { cities } from '../datasets/cities.ts'
import { stations } from '../datasets/stations.ts'
import { didYouMean } from '../did-you-mean.ts'
import { CommandError, EXIT } from '../exit-code.ts'
import { openBytes } from '../import/bytes.ts'
import type { ImportIdentity } from '../import/checkpoint.ts'
import { parseMap } from '../import/columns.ts'
import { FORMATS } from '../import/format.ts'
import type { Judged } from '../import/import.ts'
import type { ImportRow } from '../import/row.ts'
import { readRows } from '../import/rows.ts'

export const DATASETS = [airports, stations, cities] as const
const MAPPING_OPTIONS = ['format', 'encoding', 'map', 'source', 'category', 'timestamp', 'id-prefix'] as const

/** What is to be imported, opened, and where its progress is remembered. */
export interface ImportPlan {
  readonly label: string
  readonly attribution: string | undefined
  readonly source: ImportIdentity['source']
  readonly mapping: ImportIdentity['mapping']
  /** undefined: there is no file to keep it beside, and none was named */
  readonly statePath: string | undefined
  readonly fraction: (judged: Judged) => number | undefined
  readonly isSized: boolean
  /** `timestamp` is the event time of rows that name none */
  readonly rows: (timestamp: Micros) => Promise<AsyncIterable<ImportRow>> | AsyncIterable<ImportRow>
}

/** @throws CommandError when the options contradict each other or the file cannot be read */
export async function planImport(invocation: Invocation): Promise<ImportPlan> {
  return invocation.options.text('dataset') === undefined ? await planFile(invocation) : planDataset(invocation)
}

async function planFile(invocation: Invocation): Promise<ImportPlan> {
  const { options, operands, console, signal } = invocation
  const [path, ...more] = operands
  if (path === undefined) throw new CommandError(EXIT.usage, 'What is to be imported? Name a file, - for standard input, or --dataset.')
  if (more.length > 0) throw new CommandError(EXIT.usage, `One file at a time; got ${operands.join(', ')}.`)
  const format = FORMATS.find(known => known === options.text('format'))
  if (format === undefined && options.text('format') !== undefined)
    throw new CommandError(EXIT.usage, `--format wants one of ${FORMATS.join(', ')}; got ${JSON.stringify(options.text('format'))}.`)
  const map = parseMap(options.list('map'))
  const bytes = await openBytes(path, { stdin: console.stdin, encoding: options.text('encoding'), signal })
  return {
    label: path === '-' ? 'standard input' : bytes.name,
    attribution: undefined,
    source: path === '-' ? { stdin: true } : { path: resolve(path), ...bytes.identity },
    mapping: Object.fromEntries(MAPPING_OPTIONS.map(name => [name, options.text(name) === undefined ? null : options.list(name)])),
    statePath: options.text('state') ?? (path === '-' ? undefined : `${path}.poi-import.json`),
    fraction: bytes.fraction,
    isSized: bytes.identity !== undefined,
    rows: timestamp =>
      readRows(bytes, format, {
        map,
        source: options.text('source'),
        category: options.text('category'),
        timestamp,
        idPrefix: options.text('id-prefix') ?? '',
      }),
  }
}

function planDataset({ options, operands, console }: Invocation): ImportPlan {
  const name = options.text('dataset') ?? ''
  const dataset = DATASETS.find(known => known.name === name)
  if (dataset === undefined) {
    const names = DATASETS.map(known => known.name)
    const near = didYouMean(name, names)
    throw new CommandError(EXIT.usage, `There is no data set ${JSON.stringify(name)}: there are ${names.join(', ')}.`, {
      hint: near && `Did you mean --dataset ${near}?`,
    })
  }
  if (operands.length > 0) throw new CommandError(EXIT.usage, 'Either a file or --dataset, not both.')
  const useless = MAPPING_OPTIONS.filter(option => options.text(option) !== undefined)
  if (useless.length > 0)
    throw new CommandError(EXIT.usage, `--${useless.join(', --')} means nothing with --dataset: it knows its columns.`)
  const cache = console.env['XDG_CACHE_HOME'] || join(homedir(), '.cache')
  return {
    label: dataset.name,
    attribution: dataset.attribution,
    source: { dataset: dataset.version },
    mapping: {},
    statePath: options.text('state') ?? join(cache, 'poi-stream', `${dataset.name}.poi-import.json`),
    fraction: judged => Math.min(1, judged.row / dataset.rows),
    isSized: true,
    rows: dataset.read,
  }
}
