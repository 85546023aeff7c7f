import { closeSync, openSync, writeSync } from 'node:fs'
import { CommandError, EXIT } from '../exit-code.ts'
import type { Refusal } from './row.ts'

/** Shown when no file was asked for. */
const FIRST = 10

/** Every refused row: all of them into a file as NDJSON where one is named, the first ones to be shown otherwise. */
export class RefusalReport implements Disposable {
  readonly path: string | undefined
  readonly #first: Refusal[] = []
  readonly #descriptor: number | undefined
  #count = 0

  /** @throws CommandError when the file cannot be written */
  constructor(path: string | undefined, mode: 'create' | 'append') {
    this.path = path
    try {
      this.#descriptor = path === undefined ? undefined : openSync(path, mode === 'append' ? 'a' : 'w')
    } catch (cause) {
      throw new CommandError(EXIT.failed, `${path} cannot be written: ${cause instanceof Error ? cause.message : cause}.`, { cause })
    }
  }

  add(refusals: readonly Refusal[]): void {
    if (refusals.length === 0) return
    this.#count += refusals.length
    this.#first.push(...refusals.slice(0, Math.max(0, FIRST - this.#first.length)))
    if (this.#descriptor !== undefined) writeSync(this.#descriptor, refusals.map(refusal => `${JSON.stringify(refusal)}\n`).join(''))
  }

  /** The first refused rows, one line each, and how many more there are. */
  lines(): readonly string[] {
    const lines = this.#first.map(({ row, line, id, faults }) => {
      const place = line === undefined ? `row ${row}` : `row ${row} (line ${line})`
      const reasons = faults.map(({ field, message }) => (field === null ? message : `${field}: ${message}`))
      return `  ${place}${id === null ? '' : ` ${id}`}: ${reasons.join('; ')}`
    })
    const more = this.#count - this.#first.length
    if (more > 0) lines.push(`  and ${more.toLocaleString('en')} more${this.path === undefined ? '; --errors FILE keeps them all' : ''}`)
    return lines
  }

  [Symbol.dispose](): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
  }
}
