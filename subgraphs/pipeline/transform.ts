/**
 * What becomes of one record: the heart of the pipeline, without clock and I/O. The same arrival, state, time and rules always give the same
 * verdict, so a transaction that failed may simply be run again.
 */
import { hash } from 'node:crypto'
import { normalise } from '#schema/normalise.ts'
import { partitionOf } from '#schema/partition.ts'
import type { ChangeKind, Fault, Location, Micros, PoiRecord, ProcessedPoi, Submission } from '#schema/poi.ts'
import { faultsOf } from '#schema/poi-bounds.ts'
import type { KnownPoi, PoiState } from './poi-state.ts'
import { nextRevision } from './poi-state.ts'
import { markOf, remember, remembers } from './recent-events.ts'
import type { Rules } from './rules.ts'

/** A submission in the form that judging relies on, and where it lay. Its `record.id` names the state that `judge` needs. */
export interface Arrival {
  readonly type: 'ARRIVAL'
  readonly submission: Submission
  readonly source: { readonly partition: number; readonly offset: number }
}

/** What a record is judged by, besides the POI's state. */
export interface Measure {
  /** the processor's clock */
  readonly now: Micros
  readonly rules: Rules
  /** of the topic that records come from */
  readonly partitions: number
}

export type Verdict =
  /** `state` is what to remember of the POI from now on. */
  | { readonly type: 'CHANGE'; readonly poi: ProcessedPoi; readonly state: PoiState }
  /** A resend of a recent event: nothing changes. */
  | { readonly type: 'DUPLICATE' }
  /** A dead letter, with every fault. The POI's state stays as it is. */
  | { readonly type: 'REJECTED'; readonly faults: readonly Fault[] }

export const arrive = (submission: Submission, source: Arrival['source']): Arrival => ({
  type: 'ARRIVAL',
  submission: { ...submission, record: normalise(submission.record) },
  source,
})

/**
 * Judges a record against what is known of its POI. One from before the current state is LATE: it enters the history only. Equal event times
 * are no order, so the one that came last is current.
 *
 * @param state undefined when nothing was ever accepted for the POI
 */
export function judge({ submission, source }: Arrival, state: PoiState | undefined, measure: Measure): Verdict {
  const mark = markOf(submission.eventId)
  if (state !== undefined && remembers(state.recentEvents, mark)) return { type: 'DUPLICATE' }

  const { operation, eventId, acceptedAt } = submission
  const removes = operation === 'REMOVE'
  const record = removes ? removalOf(submission.record, state) : measure.rules.correct(submission.record)
  // Rules look at what a POI is said to be; a removal says nothing of that.
  const said = removes ? NOTHING_SAID : measure.rules.judge(record)
  const bounds = faultsOf(record, measure.now, operation)
  const faults = [...misplaced(record.id, source.partition, measure.partitions), ...bounds, ...said.faults]
  if (faults.length > 0) return { type: 'REJECTED', faults }

  const kind = kindOf(operation, record.timestamp, state)
  const revision = nextRevision(state, measure.now)
  const recentEvents = remember(state?.recentEvents ?? '', mark)
  const next: PoiState =
    kind === 'LATE' && state !== undefined
      ? { ...state, revision, recentEvents }
      : {
          version: (state?.version ?? 0) + 1,
          revision,
          eventTime: record.timestamp,
          removed: removes,
          known: removes ? (state?.known ?? null) : knownOf(record),
          recentEvents,
        }
  // Field by field: taking the image out of a copy costs as much as the rest of judging.
  const poi: ProcessedPoi = {
    id: record.id,
    sourceId: record.sourceId,
    name: record.name,
    names: record.names,
    category: record.category,
    description: record.description,
    location: record.location,
    status: record.status,
    timestamp: record.timestamp,
    attributes: record.attributes,
    eventId,
    kind,
    version: next.version,
    revision,
    operation,
    previousLocation: previousLocation(kind, state),
    source,
    rulesVersion: measure.rules.version,
    acceptedAt,
    processedAt: measure.now,
    warnings: said.warnings,
    imageHash: record.image === null ? null : hash('sha256', record.image),
  }
  return { type: 'CHANGE', poi, state: next }
}

const NOTHING_SAID = { faults: [], warnings: [] }

/**
 * Each POI has one writer: the processor of the partition that its id hashes to. A producer that hashes otherwise puts records where a second
 * writer would give the POI a second version 1; moving them over would mix up their order. So they are refused, and can be sent again.
 */
function misplaced(id: string, came: number, partitions: number): readonly Fault[] {
  const home = partitionOf(id, partitions)
  if (home === came) return []
  const message = `Wanted the records of this POI in partition ${home} of ${partitions} (Kafka's murmur2 of the id); came one in partition ${came}.`
  return [{ field: 'id', code: 'BAD_FORMAT', message }]
}

/** A removal tells only which POI, who says so and when; readers are told what went away as it was known last. */
function removalOf(said: PoiRecord, state: PoiState | undefined): PoiRecord {
  const known = state?.known ?? { ...NEVER_SEEN, sourceId: said.sourceId }
  return { ...known, id: said.id, timestamp: said.timestamp, names: null, description: null, attributes: null, image: null }
}

/** What a tombstone carries: a removal that came before anything else, so that older records are late and do not resurrect. */
const NEVER_SEEN = { name: '', category: '', status: 'UNKNOWN', location: { latitude: 0, longitude: 0 } } as const

const knownOf = ({ name, category, sourceId, status, location }: PoiRecord): KnownPoi => ({ name, category, sourceId, status, location })

function kindOf(operation: Submission['operation'], eventTime: Micros, state: PoiState | undefined): ChangeKind {
  if (state !== undefined && eventTime < state.eventTime) return 'LATE'
  if (operation === 'REMOVE') return 'REMOVED'
  // One that was removed and comes back is new to every reader that dropped it.
  return state === undefined || state.removed ? 'CREATED' : 'UPDATED'
}

/** Where readers saw it last. A late record does not move it: that is where it still is. */
const previousLocation = (kind: ChangeKind, state: PoiState | undefined): Location | null =>
  kind === 'CREATED' ? null : (state?.known?.location ?? null)
