import type { Micros, ProcessedPoi } from '#schema/poi.ts'

/** A place in a POI's history: the newest event time first, within one instant the latest judgement first. */
export interface HistoryKey {
  readonly eventTime: Micros
  readonly revision: Micros
}

/**
 * What is known of single POIs, by id: the latest state, the whole history, the pictures. Asked by resolvers, some thousand times a
 * second, always for few ids; so an engine needs nothing but reads by key (one partition each in a wide-column store).
 *
 * A removal comes with what was last said of its POI: the fields of the newest record before it, by (event time, revision), that is neither
 * late nor a removal; its own where there is none.
 *
 * Every answer is at least as fresh as the progress the engine's sink has told (`projection.ts`). A failure of the engine is a PoiError
 * STORE_UNAVAILABLE; there is no partial answer.
 */
export interface Records extends AsyncDisposable {
  /** "sqlite": for people and metrics. */
  readonly engine: string
  /**
   * The latest states, in the order of the ids; null where none is known. A removed POI is there, with `operation` REMOVE. Its kind is never
   * LATE: late records are history only.
   */
  latest(ids: readonly string[]): Promise<readonly (ProcessedPoi | null)[]>
  /**
   * The state that held at an instant of event time: of the records at or before it the greatest by (event time, revision); null before the first.
   * A late record has the version of the newest state at or before it that is not late, 0 when there is none.
   */
  asOf(id: string, at: Micros): Promise<ProcessedPoi | null>
  /** Up to `first` records of a POI's history that come after a place in it; from the newest on without one. Late records are among them. */
  history(id: string, page: { readonly first: number; readonly after: HistoryKey | null }): Promise<readonly ProcessedPoi[]>
  /** The bytes of a picture by the lower-case hex SHA-256 of its content; null when there is none. */
  image(hash: string): Promise<Uint8Array | null>
  /** Resolves when the engine answers. @throws PoiError STORE_UNAVAILABLE */
  check(): Promise<void>
}
