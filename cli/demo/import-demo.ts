import type { Micros } from '#schema/poi.ts'
import { airports } from '../datasets/airports.ts'
import type { Dataset } from '../datasets/dataset.ts'
import { Endpoint } from '../endpoint.ts'
import { Checkpoint, type ImportIdentity, unfinishedImport } from '../import/checkpoint.ts'
import { importRows, type Judged } from '../import/import.ts'
import { type ImportProgress, ProgressMeter } from '../import/progress.ts'
import { retrying } from '../retrying.ts'

/** What the demo shows must be said with it. */
export const DEMO_ATTRIBUTION = airports.attribution

export interface DemoImportOptions {
  /** the platform's GraphQL endpoint */
  readonly url: string
  readonly signal: AbortSignal
  readonly onProgress?: ((progress: ImportProgress) => void) | undefined
  /** Where an interrupted demo import is remembered, in the data directory: then the next start goes on with it. */
  readonly statePath?: string | undefined
  /** the airports unless told */
  readonly dataset?: Dataset | undefined
}

const EMPTY = `{ pois(first: 1) { totalCount } pipelineStatus { processed lagRecords } }`

/** Nothing was ever sent to this platform: no POI, no submission. @throws PlatformError */
export async function isEmpty(url: string, signal: AbortSignal): Promise<boolean> {
  const { pois, pipelineStatus } = await new Endpoint(url).ask<{
    readonly pois: { readonly totalCount: number }
    readonly pipelineStatus: { readonly processed: string; readonly lagRecords: number }
  }>(EMPTY, {}, signal)
  return pois.totalCount === 0 && Number(pipelineStatus.processed) === 0 && pipelineStatus.lagRecords === 0
}

/** The demo belongs into an empty platform, and into one whose demo import was interrupted. @throws PlatformError */
export async function isDemoDue({ url, signal, statePath }: DemoImportOptions): Promise<boolean> {
  if (statePath !== undefined && unfinishedImport(statePath) !== undefined) return true
  return await retrying(() => isEmpty(url, signal), { signal, retryForMs: 30_000 }) // parts of it may still be starting
}

/**
 * Imports the demo through the public mutations, going on where an interrupted import stopped. Importing them again changes nothing.
 * @throws PlatformError when the platform stays away; the signal's reason
 */
export async function importDemo({ url, signal, onProgress, statePath, dataset = airports }: DemoImportOptions): Promise<Judged> {
  const checkpoint = statePath === undefined ? undefined : openState(statePath, dataset)
  using meter = new ProgressMeter({
    from: checkpoint?.from,
    fraction: judged => Math.min(1, judged.row / dataset.rows),
    onProgress: progress => onProgress?.(progress),
  })
  try {
    const judged = await importRows({
      rows: dataset.read(),
      endpoint: new Endpoint(url),
      signal,
      from: checkpoint?.from,
      onJudged(judged) {
        meter.update(judged)
        checkpoint?.save(judged)
      },
    })
    checkpoint?.remove()
    return judged
  } catch (error) {
    checkpoint?.flush()
    throw error
  }
}

/** The address is left out on purpose: the platform's port may be another one at the next start, its data directory is the same. */
function openState(path: string, dataset: Dataset): Checkpoint {
  const identity: ImportIdentity = { url: '', source: { dataset: dataset.version }, mapping: {} }
  const timestamp: Micros = 0 // every airport has its own
  const onUnwritable = () => {} // the data directory itself is then not writable, which the platform says
  return unfinishedImport(path) === undefined
    ? Checkpoint.fresh(path, identity, timestamp, onUnwritable)
    : Checkpoint.resumed(path, identity, onUnwritable)
}
