import type { Command, Invocation } from '../command.ts'
import { PlatformError, type WireError } from '../endpoint.ts'
import { EXIT, type ExitCode } from '../exit-code.ts'
import { painterFor, table } from '../terminal.ts'

export const statusCommand: Command = {
  name: 'status',
  operands: '',
  summary: 'show how far the processor and the store are',
  description: [
    'Shows how many submissions are processed, how far processor and store are behind, and how many POIs there are. Ends with 1 when a part does not answer or is not healthy.',
  ],
  options: {},
  examples: [
    ['poi status', 'in words'],
    ['poi status --json', 'for scripts'],
  ],
  run,
}

const STATUS = `{
  pipelineStatus { log lagRecords processed subscribers rulesVersion asOf }
  storeStatus { records { ...engine } search { ...engine } }
  pois(first: 1) { totalCount }
}
fragment engine on EngineStatus { engine healthy lagRecords lagSeconds asOf }`

interface Engine {
  readonly engine: string
  readonly healthy: boolean
  readonly lagRecords: number
  readonly lagSeconds: number
}

/** A part is null where it does not answer. */
interface StatusAnswer {
  readonly pipelineStatus?: {
    readonly log: string
    readonly lagRecords: number
    readonly processed: string
    readonly subscribers: number
    readonly rulesVersion: number
  } | null
  readonly storeStatus?: { readonly records: Engine; readonly search: Engine } | null
  readonly pois?: { readonly totalCount: number } | null
}

async function run({ endpoint, console, json, signal }: Invocation): Promise<ExitCode> {
  const answer = await endpoint.execute<StatusAnswer>(STATUS, {}, signal)
  const errors: readonly WireError[] = answer.errors ?? []
  const status = answer.data ?? {}
  if (answer.data === undefined || answer.data === null) throw PlatformError.from(errors)
  const engines = status.storeStatus ? [status.storeStatus.records, status.storeStatus.search] : []
  const isHealthy = errors.length === 0 && engines.every(engine => engine.healthy)
  if (json) {
    console.stdout.write(`${JSON.stringify({ healthy: isHealthy, ...status, ...(errors.length > 0 && { errors }) })}\n`)
    return isHealthy ? EXIT.ok : EXIT.failed
  }
  const paint = painterFor(console)
  const { pipelineStatus: pipeline, storeStatus: store, pois } = status
  const rows = [
    ['platform', endpoint.url],
    ['POIs', pois ? count(pois.totalCount) : 'no answer'],
    ['processed', pipeline ? `${count(Number(pipeline.processed))} submissions, ${count(pipeline.lagRecords)} waiting` : 'no answer'],
    ...(pipeline
      ? [
          ['log', pipeline.log],
          ['subscribers', count(pipeline.subscribers)],
          ['rules', `version ${pipeline.rulesVersion}`],
        ]
      : []),
    ['records', engineLine(store?.records)],
    ['search', engineLine(store?.search)],
  ]
  console.stdout.write(`${table(rows, 100).join('\n')}\n`)
  for (const error of errors) console.stderr.write(`${paint('red', `poi: ${error.message}`)}\n`)
  return isHealthy ? EXIT.ok : EXIT.failed
}

function engineLine(engine: Engine | undefined): string {
  if (engine === undefined) return 'no answer'
  const lag = engine.lagRecords === 0 ? 'up to date' : `${count(engine.lagRecords)} changes behind (${engine.lagSeconds.toFixed(1)} s)`
  return `${engine.engine}, ${engine.healthy ? 'healthy' : 'not healthy'}, ${lag}`
}

const count = (value: number) => value.toLocaleString('en')
