/**
 * Areas of any size in grids of cells, one grid for each size of cell: an area lies in the finest grid of which a few cells cover it, so
 * that a point meets mostly areas that hold it, whether they are cities or continents.
 */
import type { Box } from '#schema/geo.ts'
import type { Location } from '#schema/poi.ts'

/** The cells (their keys) of one grid that hold an area. */
export interface Cover {
  readonly level: number
  readonly cells: readonly number[]
  /** of the map in degrees, 0 to 1 */
  readonly share: number
}

/** Cells of 360° / 2^16, about 600 m: smaller areas are rarely asked for. Keys then still fit into 31 bits. */
const FINEST = 16
const MOST_CELLS = 16

/** @param boxes west ≤ east, within the map */
export function coverOf(boxes: readonly Box[]): Cover {
  const share = boxes.reduce((sum, box) => sum + ((box.east - box.west) * (box.north - box.south)) / (360 * 180), 0)
  for (let level = FINEST; ; level--) {
    const count = boxes.reduce((sum, { west, east, south, north }) => {
      return sum + (column(east, level) - column(west, level) + 1) * (row(north, level) - row(south, level) + 1)
    }, 0)
    if (level > 0 && count > MOST_CELLS) continue
    const cells = new Set<number>()
    for (const { west, east, south, north } of boxes) {
      for (let y = row(south, level); y <= row(north, level); y++) {
        for (let x = column(west, level); x <= column(east, level); x++) cells.add(keyOf(x, y, level))
      }
    }
    return { level, cells: [...cells], share }
  }
}

export class AreaGrid<T> {
  /** by level, then by cell; undefined where a level has none */
  readonly #levels: (Map<number, Set<T>> | undefined)[] = []

  add({ level, cells }: Cover, entry: T): void {
    const grid = this.#levels[level] ?? new Map<number, Set<T>>()
    this.#levels[level] = grid
    for (const cell of cells) {
      const entries = grid.get(cell)
      if (entries === undefined) grid.set(cell, new Set([entry]))
      else entries.add(entry)
    }
  }

  delete({ level, cells }: Cover, entry: T): void {
    const grid = this.#levels[level]
    if (grid === undefined) return
    for (const cell of cells) {
      const entries = grid.get(cell)
      entries?.delete(entry)
      if (entries?.size === 0) grid.delete(cell)
    }
    if (grid.size === 0) this.#levels[level] = undefined
  }

  /** Visits the entries of each cell that holds the point: every area that holds it, once, and some that do not. */
  visitCells(at: Location, visit: (entries: Iterable<T>) => void): void {
    for (let level = 0; level < this.#levels.length; level++) {
      const entries = this.#levels[level]?.get(keyOf(column(at.longitude, level), row(at.latitude, level), level))
      if (entries !== undefined) visit(entries)
    }
  }
}

// Rounding is monotonic, so a point between two edges never lies outside their cells. The last cell holds its outer edge too.
const column = (longitude: number, level: number): number => {
  const columns = 2 ** level
  return Math.min(columns - 1, Math.max(0, Math.floor(((longitude + 180) / 360) * columns)))
}

const row = (latitude: number, level: number): number => {
  const rows = Math.max(1, 2 ** (level - 1))
  return Math.min(rows - 1, Math.max(0, Math.floor(((latitude + 90) / 180) * rows)))
}

const keyOf = (x: number, y: number, level: number): number => y * 2 ** level + x
