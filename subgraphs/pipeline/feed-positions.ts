/** Vectors of positions in the log of processed changes: the next offset to read of each partition. A cursor is one of them, signed. */
import type { Positions } from '#log/log.ts'

/** `a` has read everything that `b` has. */
export function reaches(a: Positions, b: Positions): boolean {
  for (let partition = 0; partition < b.length; partition++) {
    if ((a[partition] ?? 0) < (b[partition] ?? 0)) return false
  }
  return true
}

/** What has been read by one or the other. */
export function furthest(a: Positions, b: Positions): Positions {
  return a.map((position, partition) => Math.max(position, b[partition] ?? 0))
}

/** The same but for one partition. */
export function moved(positions: Positions, partition: number, next: number): Positions {
  const after = positions.slice()
  after[partition] = next
  return after
}
