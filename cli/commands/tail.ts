import { once } from 'node:events'
import type { ChangeKind } from '#schema/poi.ts'
import type { Command, Invocation } from '../command.ts'
import { PlatformError } from '../endpoint.ts'
import { CommandError, EXIT, type ExitCode } from '../exit-code.ts'
import { FILTER_OPTIONS, filterOf } from '../filter-options.ts'
import { CursorFile } from '../tail/cursor-file.ts'
import { follow } from '../tail/follow.ts'
import type { PoiChangeEvent, StreamEvent, StreamGapEvent } from '../tail/stream-event.ts'
import { type Colour, type Paint, painterFor, printable } from '../terminal.ts'

export const tailCommand: Command = {
  name: 'tail',
  operands: '',
  summary: 'follow processed changes live',
  description: [
    'Shows every change of a POI as it is processed, from now on or behind a cursor. When the connection breaks or the platform restarts, it goes on behind the last event: nothing is lost and nothing shown twice. When events had to be dropped (--max-per-second, a reader that is too slow), it says how many and how to read them.',
    'Ctrl-C ends it and prints the cursor to resume with; --state keeps it in a file, so that the next run goes on by itself.',
  ],
  options: {
    ...FILTER_OPTIONS,
    text: { type: 'string', value: 'WORDS', help: 'every word begins a word of the name, category or description' },
    after: { type: 'string', value: 'CURSOR', help: 'behind this cursor instead of from now on' },
    state: { type: 'string', value: 'FILE', help: 'keep the last cursor here and go on from it in the next run' },
    latest: { type: 'boolean', help: 'when there is more than can be shown, only the newest change of each POI' },
    'max-per-second': { type: 'string', value: 'N', help: 'at most so many changes a second' },
    limit: { type: 'string', value: 'N', help: 'end after so many changes' },
  },
  examples: [
    ['poi tail --category large_airport', 'large airports, live'],
    ['poi tail --near 52.52,13.405,50000 --latest', 'around Berlin, the newest of each POI'],
    ['poi tail --json --state tail.cursor | jq .poi.name', 'one JSON object per change, resumed in the next run'],
    ['poi tail --after CURSOR --limit 100', 'the next 100 changes behind a cursor'],
  ],
  run,
}

async function run(invocation: Invocation): Promise<ExitCode> {
  const { console, options, endpoint, json, quiet } = invocation
  const maxPerSecond = options.number('max-per-second', { min: 0.01, max: 1_000_000 })
  const limit = options.number('limit', { min: 1, max: Number.MAX_SAFE_INTEGER, whole: true }) ?? Number.POSITIVE_INFINITY
  const filter = filterOf(options, options.text('text'))
  const isLatest = options.flag('latest')
  const delivery = isLatest || maxPerSecond !== undefined ? { mode: isLatest ? 'LATEST_PER_POI' : 'ALL', maxPerSecond } : undefined
  const state = options.text('state') === undefined ? undefined : new CursorFile(options.text('state') ?? '')
  const paint = painterFor(console)
  const note = (text: string) => quiet || console.stderr.write(`${paint('dim', text)}\n`)

  const given = options.text('after') ?? state?.read()
  // Beginning at a known position, even when it is "now": a break before the first event then loses nothing either.
  const start = await endpoint.ask<{ readonly pipelineStatus: { readonly asOf: string } }>(
    '{ pipelineStatus { asOf } }',
    {},
    invocation.signal,
  )
  let cursor = given ?? start.pipelineStatus.asOf
  const finished = new AbortController()
  let shown = 0

  const onEvent = (event: StreamEvent): Promise<void> | undefined => {
    if (finished.signal.aborted) return undefined
    cursor = event.cursor
    const line = json ? jsonLine(event) : humanLine(event, paint)
    const hasRoom = line === undefined || console.stdout.write(`${line}\n`)
    state?.save(cursor)
    if (event.__typename === 'PoiChange') shown += 1
    if (shown >= limit) finished.abort()
    return hasRoom ? undefined : once(console.stdout, 'drain', { signal: invocation.signal }).then(() => {})
  }
  try {
    await follow({
      url: endpoint.webSocketUrl,
      filter,
      delivery,
      after: cursor,
      signal: AbortSignal.any([invocation.signal, finished.signal]),
      onEvent,
      onBreak: (error, waitMs) =>
        note(`${error?.message ?? 'The platform ended the stream.'} Trying again in ${(waitMs / 1_000).toFixed(1)} s.`),
      onResumed: () => note('Connected again; going on behind the last event.'),
    })
  } catch (error) {
    throw explained(error)
  } finally {
    state?.flush()
  }
  if (json) console.stdout.write(`${JSON.stringify({ type: 'end', cursor })}\n`)
  else note(`To go on from here: poi tail --after ${cursor}`)
  return EXIT.ok
}

function explained(error: unknown): unknown {
  if (!(error instanceof PlatformError)) return error
  const oldest = error.extensions['oldestCursor']
  if (error.code === 'CURSOR_EXPIRED' && typeof oldest === 'string')
    return new CommandError(EXIT.failed, error.message, { hint: `The oldest that can be had: poi tail --after ${oldest}`, cause: error })
  if (error.code === 'CURSOR_INVALID')
    return new CommandError(EXIT.failed, error.message, {
      hint: 'Is it a cursor of this platform, and of this data directory?',
      cause: error,
    })
  return error
}

function jsonLine(event: StreamEvent): string | undefined {
  const { __typename, ...rest } = event
  if (__typename === 'StreamHeartbeat') return undefined
  return JSON.stringify({ type: __typename === 'PoiChange' ? 'change' : 'gap', ...rest })
}

function humanLine(event: StreamEvent, paint: Paint): string | undefined {
  switch (event.__typename) {
    case 'PoiChange':
      return changeLine(event, paint)
    case 'StreamGap':
      return gapLine(event, paint)
    case 'StreamHeartbeat':
      return undefined
  }
}

const KIND_COLOURS: Readonly<Record<ChangeKind, Colour>> = { CREATED: 'green', UPDATED: 'cyan', REMOVED: 'red', LATE: 'yellow' }

/** `14:03:12.345Z UPDATED airport:LSZH v3 Zürich Airport [large_airport] 47.45806,8.54806 CLOSED demo` */
function changeLine({ kind, version, processedAt, poi }: PoiChangeEvent, paint: Paint): string {
  const at = `${poi.location.latitude.toFixed(5)},${poi.location.longitude.toFixed(5)}`
  return [
    paint('dim', processedAt.slice(11)),
    paint(KIND_COLOURS[kind], kind.padEnd(7)),
    printable(poi.id),
    `v${version}`,
    paint('bold', printable(poi.name)),
    `[${printable(poi.category)}]`,
    at,
    poi.status === 'OPEN' ? '' : poi.status,
    poi.sourceId === null ? '' : paint('dim', printable(poi.sourceId)),
  ]
    .filter(part => part !== '')
    .join(' ')
}

function gapLine({ dropped, from }: StreamGapEvent, paint: Paint): string {
  return paint('yellow', `-- ${dropped.toLocaleString('en')} changes were dropped here; to read them: poi tail --after ${from}`)
}
