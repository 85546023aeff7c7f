import type { Writable } from 'node:stream'
import { Presets, SingleBar } from 'cli-progress'
import type { Judged } from './import.ts'

/** How an import goes, at one moment. */
export interface ImportProgress {
  /** rows judged in this run and those before it */
  readonly rows: number
  readonly accepted: number
  readonly refused: number
  /** rows judged per second, of late */
  readonly rowsPerSecond: number
  /** 0 to 1; undefined when the size of the source is not known */
  readonly fraction: number | undefined
  /** undefined while it cannot be told */
  readonly etaSeconds: number | undefined
}

/** Measures the speed of late: an average whose memory fades over some seconds, so that a stall shows and a slow start is forgotten. */
export class Pace {
  readonly #startedAt: number
  #at: number
  #rows: number
  #fraction: number | undefined
  #rowsPerSecond: number | undefined
  #fractionPerSecond: number | undefined

  constructor(rows: number, fraction: number | undefined, now: number) {
    this.#startedAt = now
    this.#at = now
    this.#rows = rows
    this.#fraction = fraction
  }

  /** @param now ms, monotonic */
  measure(rows: number, fraction: number | undefined, now: number): Pick<ImportProgress, 'rowsPerSecond' | 'etaSeconds'> {
    const seconds = (now - this.#at) / 1_000
    // Shorter steps say more of the network's rhythm than of the speed.
    if (seconds >= 0.25 || this.#rowsPerSecond === undefined) {
      const weight = this.#rowsPerSecond === undefined ? 1 : 1 - Math.exp(-seconds / FADE_SECONDS)
      const elapsed = Math.max(seconds, 0.001)
      this.#rowsPerSecond = blend(this.#rowsPerSecond, (rows - this.#rows) / elapsed, weight)
      if (fraction !== undefined)
        this.#fractionPerSecond = blend(this.#fractionPerSecond, (fraction - (this.#fraction ?? 0)) / elapsed, weight)
      this.#at = now
      this.#rows = rows
      this.#fraction = fraction
    }
    const remaining = fraction === undefined || !this.#fractionPerSecond ? undefined : (1 - fraction) / this.#fractionPerSecond
    // The first second tells too little.
    const etaSeconds = now - this.#startedAt < 1_000 || remaining === undefined || remaining <= 0 ? undefined : remaining
    return { rowsPerSecond: this.#rowsPerSecond, etaSeconds }
  }
}

const FADE_SECONDS = 5

function blend(old: number | undefined, sample: number, weight: number): number {
  return old === undefined ? sample : old + (sample - old) * weight
}

/** Tells how an import goes, several times a second, so that a stall shows too. */
export class ProgressMeter implements Disposable {
  readonly #pace: Pace
  readonly #fraction: (judged: Judged) => number | undefined
  readonly #onProgress: (progress: ImportProgress) => void
  readonly #timer: NodeJS.Timeout
  #judged: Judged

  constructor(options: {
    readonly from: Judged | undefined
    readonly fraction: (judged: Judged) => number | undefined
    readonly onProgress: (progress: ImportProgress) => void
  }) {
    this.#judged = options.from ?? { row: 0, accepted: 0, refused: 0 }
    this.#fraction = options.fraction
    this.#onProgress = options.onProgress
    this.#pace = new Pace(this.#judged.row, this.#fraction(this.#judged), performance.now())
    this.#timer = setInterval(() => this.#tell(), 250)
  }

  update(judged: Judged): void {
    this.#judged = judged
  }

  #tell(): void {
    const { row, accepted, refused } = this.#judged
    const fraction = this.#fraction(this.#judged)
    this.#onProgress({ rows: row, accepted, refused, fraction, ...this.#pace.measure(row, fraction, performance.now()) })
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer)
    this.#tell()
  }
}

/** Shows progress to a person. */
export interface ProgressDisplay extends Disposable {
  update(progress: ImportProgress): void
}

/** A bar on a terminal, a line now and then elsewhere (CI logs, files). `isSized`: the fraction will be known. */
export function progressDisplay(stream: Writable & { readonly isTTY?: boolean }, label: string, isSized: boolean): ProgressDisplay {
  return stream.isTTY ? bar(stream, label, isSized) : lines(stream, label)
}

const TICKS = 1_000

function bar(stream: Writable, label: string, isSized: boolean): ProgressDisplay {
  const bar = new SingleBar(
    { stream, format: isSized ? `${label} {bar} {text}` : `${label} {text}`, hideCursor: true, barsize: 30, gracefulExit: false },
    Presets.shades_classic,
  )
  bar.start(TICKS, 0, { text: '' })
  return {
    update: progress => bar.update(Math.floor((progress.fraction ?? 0) * TICKS), { text: inWords(progress) }),
    [Symbol.dispose]: () => bar.stop(),
  }
}

const LINE_EVERY_MS = 5_000

function lines(stream: Writable, label: string): ProgressDisplay {
  let shownAt = performance.now()
  return {
    update(progress) {
      const now = performance.now()
      if (now - shownAt < LINE_EVERY_MS) return
      shownAt = now
      stream.write(`${label} ${inWords(progress)}\n`)
    },
    [Symbol.dispose]() {},
  }
}

/** `23 %, 16,000 rows, 11,203/s, 3 s left` */
export function inWords({ fraction, rows, refused, rowsPerSecond, etaSeconds }: ImportProgress): string {
  return [
    fraction === undefined ? undefined : `${Math.floor(fraction * 100)} %`,
    `${rows.toLocaleString('en')} rows`,
    `${Math.round(rowsPerSecond).toLocaleString('en')}/s`,
    refused === 0 ? undefined : `${refused.toLocaleString('en')} refused`,
    etaSeconds === undefined ? undefined : `${duration(etaSeconds)} left`,
  ]
    .filter(part => part !== undefined)
    .join(', ')
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
