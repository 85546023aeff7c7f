import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { CommandError, EXIT } from '../exit-code.ts'

const SAVE_EVERY_MS = 500

/** Keeps the last cursor of a tail across runs. Written at most every half second and at the end: after a kill some events come again. */
export class CursorFile {
  readonly #path: string
  #cursor: string | undefined
  #savedAt = Number.NEGATIVE_INFINITY

  constructor(path: string) {
    this.#path = path
  }

  /** undefined when there is no such file yet. @throws CommandError when it cannot be read or holds something else */
  read(): string | undefined {
    let text: string
    try {
      text = readFileSync(this.#path, 'utf8').trim()
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
      throw new CommandError(EXIT.failed, `${this.#path} cannot be read: ${cause instanceof Error ? cause.message : cause}.`, { cause })
    }
    if (!/^[\w-]{1,4096}$/.test(text)) throw new CommandError(EXIT.failed, `${this.#path} does not hold a cursor.`)
    return text
  }

  save(cursor: string, now = performance.now()): void {
    this.#cursor = cursor
    if (now - this.#savedAt < SAVE_EVERY_MS) return
    this.flush()
    this.#savedAt = now
  }

  /** @throws CommandError when the file cannot be written: a tail that was to remember must not go on without */
  flush(): void {
    if (this.#cursor === undefined) return
    try {
      writeFileSync(`${this.#path}.new`, `${this.#cursor}\n`)
      renameSync(`${this.#path}.new`, this.#path)
    } catch (cause) {
      throw new CommandError(EXIT.failed, `${this.#path} cannot be written: ${cause instanceof Error ? cause.message : cause}.`, { cause })
    }
  }
}
