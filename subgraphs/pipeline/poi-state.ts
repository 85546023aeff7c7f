import type { Location, Micros, PoiStatus } from '#schema/poi.ts'

/** What the processor remembers of one POI between two records: as little as judging the next one needs. */
export interface PoiState {
  /** of the current state: 1, 2, 3, ... */
  readonly version: number
  /** of the last judgement, late ones included */
  readonly revision: Micros
  /** of the current state */
  readonly eventTime: Micros
  readonly removed: boolean
  /** null when all that ever came is a removal */
  readonly known: KnownPoi | null
  /** see recent-events.ts */
  readonly recentEvents: string
}

/** The last accepted statement of what and where the POI is; removals repeat it for readers that must know what went away. */
export interface KnownPoi {
  readonly name: string
  readonly category: string
  readonly sourceId: string | null
  readonly status: PoiStatus
  readonly location: Location
}

/** The revision of the next judgement: the clock's, unless the clock is behind what was given out already. Strictly rising. */
export const nextRevision = (last: PoiState | undefined, now: Micros): Micros =>
  last === undefined ? now : Math.max(now, last.revision + 1)
