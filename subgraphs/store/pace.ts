import { setImmediate as nextTurn } from 'node:timers/promises'
import { PoiError } from '#runtime/errors.ts'

/** ms that one query may keep the event loop to itself */
const SLICE_MS = 4
/** ms after which a query is given up */
const LIMIT_MS = 5_000

/** Lets a long query take turns with everything else that the process does, and ends it when it takes too long. */
export class Pace {
  readonly #began = performance.now()
  #sliceBegan = this.#began

  /** Call it every few hundred rows. @throws PoiError DEADLINE_EXCEEDED */
  async breathe(): Promise<void> {
    const now = performance.now()
    if (now - this.#sliceBegan < SLICE_MS) return
    if (now - this.#began > LIMIT_MS)
      throw new PoiError('DEADLINE_EXCEEDED', `The query looked at POIs for ${LIMIT_MS / 1_000} s without an end; a narrower filter helps.`)
    await nextTurn()
    this.#sliceBegan = performance.now()
  }
}
