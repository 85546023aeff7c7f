import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Micros } from '#schema/poi.ts'
import { CommandError, EXIT } from '../exit-code.ts'
import type { Judged } from './import.ts'
import { parseObject } from './json-object.ts'

/** What makes two runs the same import: only then may the second go on where the first stopped. */
export interface ImportIdentity {
  readonly url: string
  readonly source: Readonly<Record<string, unknown>>
  /** everything that changes what is sent for a row */
  readonly mapping: Readonly<Record<string, unknown>>
}

/** The state file: how far an unfinished import got. */
interface Saved extends ImportIdentity {
  readonly version: 1
  /** µs: the time given to rows without one; kept, so that a row sent again is the same event */
  readonly timestamp: Micros
  readonly judged: Judged
}

const SAVE_EVERY_MS = 500 // what a kill can make be sent again; it does no harm

/** Keeps how far an import is in a file, which is removed when the import is complete. */
export class Checkpoint {
  readonly path: string
  readonly timestamp: Micros
  /** where an earlier run got to; undefined when this one begins at the first row */
  readonly from: Judged | undefined
  readonly #identity: ImportIdentity
  readonly #onUnwritable: (error: unknown) => void
  #latest: Judged | undefined
  #savedAt = Number.NEGATIVE_INFINITY
  #writable = true

  private constructor(
    path: string,
    identity: ImportIdentity,
    saved: Pick<Saved, 'timestamp'> & { judged?: Judged },
    onUnwritable: (error: unknown) => void,
  ) {
    this.path = path
    this.timestamp = saved.timestamp
    this.from = saved.judged
    this.#identity = identity
    this.#onUnwritable = onUnwritable
  }

  /** Begins at the first row. `onUnwritable` is told once when the file cannot be written; the import goes on without it. */
  static fresh(path: string, identity: ImportIdentity, timestamp: Micros, onUnwritable: (error: unknown) => void): Checkpoint {
    return new Checkpoint(path, identity, { timestamp }, onUnwritable)
  }

  /**
   * Goes on where the state file says.
   * @throws CommandError (usage) when there is none, or when it is of another import
   */
  static resumed(path: string, identity: ImportIdentity, onUnwritable: (error: unknown) => void): Checkpoint {
    const saved = readSaved(path)
    if (saved === undefined)
      throw new CommandError(EXIT.usage, `There is nothing to resume: no state file ${path}.`, {
        hint: 'A complete import leaves none; without --resume it starts at the first row.',
      })
    for (const part of ['url', 'source', 'mapping'] as const)
      if (JSON.stringify(saved[part]) !== JSON.stringify(identity[part]))
        throw new CommandError(
          EXIT.usage,
          `The import cannot be resumed: its ${part} was ${JSON.stringify(saved[part])} and is now ${JSON.stringify(identity[part])}.`,
          {
            hint: 'Without --resume it starts at the first row.',
          },
        )
    return new Checkpoint(path, identity, saved, onUnwritable)
  }

  /** Remembers what was acknowledged; written at most every half second. */
  save(judged: Judged, now = performance.now()): void {
    this.#latest = judged
    if (now - this.#savedAt >= SAVE_EVERY_MS) this.flush(now)
  }

  /** Writes what is remembered. */
  flush(now = performance.now()): void {
    if (this.#latest === undefined || !this.#writable) return
    const saved: Saved = { version: 1, ...this.#identity, timestamp: this.timestamp, judged: this.#latest }
    try {
      mkdirSync(dirname(this.path), { recursive: true })
      // Renaming is atomic: a kill leaves the old state or the new one.
      writeFileSync(`${this.path}.new`, `${JSON.stringify(saved)}\n`)
      renameSync(`${this.path}.new`, this.path)
      this.#savedAt = now
    } catch (error) {
      this.#writable = false
      this.#onUnwritable(error)
    }
  }

  /** The import is complete: there is nothing to resume any more. */
  remove(): void {
    rmSync(this.path, { force: true })
  }
}

/** How far the import of a state file got; undefined when there is no (readable) file. */
export function unfinishedImport(path: string): Judged | undefined {
  return readSaved(path)?.judged
}

function readSaved(path: string): Saved | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
  const saved = parseObject(text) as Partial<Saved> | undefined
  const isOurs = saved?.version === 1 && typeof saved.judged?.row === 'number' && typeof saved.timestamp === 'number'
  if (!isOurs)
    throw new CommandError(EXIT.failed, `${path} is not the state of an import.`, { hint: 'Remove it, or name another file with --state.' })
  return saved as Saved
}
