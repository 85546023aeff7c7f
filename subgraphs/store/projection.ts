import type { ProcessedPoi } from '#schema/poi.ts'

/** One processed change, ready to be stored. */
export interface StoredChange {
  readonly poi: ProcessedPoi
  /** the record of `poi-processed-topic` without the picture; `decodeProcessed` reads it again */
  readonly record: Uint8Array
  readonly image: Uint8Array | null
}

/** How far one partition is applied. */
export interface Progress {
  readonly partition: number
  /** the next offset of `poi-processed-topic` */
  readonly next: number
  /** the next offset of `poi-unprocessed-topic`: everything before it is either applied or yielded nothing */
  readonly source: number
}

/** Consecutive changes of one partition and the progress that they amount to. */
export interface Slice {
  readonly progress: Progress
  readonly changes: readonly StoredChange[]
}

/** What became of the changes of one call. */
export interface Outcomes {
  /** became a latest state */
  readonly latest: number
  /** entered the history only: late, or overtaken by a later judgement */
  readonly history: number
  /** were there already */
  readonly known: number
}

/**
 * The writing side of an engine: tables that follow the processed log. One sink owns it and makes one call at a time.
 *
 * Applying is idempotent and does not look at the order: everything is guarded by `revision` alone, so that any order and any number of
 * repetitions of the same changes give the same content.
 * - The latest state of a POI is its change of the highest revision that is not LATE.
 * - History rows are keyed by (POI, event time, event id); the highest revision of a row stays.
 * - Pictures are kept by content.
 */
export interface Projection extends AsyncDisposable {
  /** "sqlite": the label of the sink's metrics. */
  readonly engine: string
  /** The group it consumes as. Engines of their own have groups of their own, so that an outage of one never stops the other. */
  readonly group: string
  /** What is applied, of every partition that ever was. */
  progress(): Promise<readonly Progress[]>
  /**
   * Applies the slices durably, together with their progress: after a crash the progress never tells more than the rows hold. Of several
   * slices some may be applied when it throws; the sink then reads `progress` and begins again from there.
   */
  apply(slices: readonly Slice[]): Promise<Outcomes>
}
