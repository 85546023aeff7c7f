/** Hand-made changes for the tests of the store, as the processor would write them. */
import type { Location, ProcessedPoi } from '#schema/poi.ts'
import { encodeProcessed, encodeSubmission } from '#schema/poi-codec.ts'
import type { StoredChange } from './projection.ts'

/** µs: 2024-01-01T00:00:00Z */
export const NEW_YEAR = 1_704_067_200_000_000

/** A CREATED cafe; what matters to a test is given. */
export function processedPoi(given: Partial<ProcessedPoi> & { readonly id: string }): ProcessedPoi {
  const revision = given.revision ?? NEW_YEAR
  return {
    sourceId: 'test',
    name: `Cafe ${given.id}`,
    names: null,
    category: 'amenity/cafe',
    description: null,
    location: { latitude: 52.5, longitude: 13.4 },
    status: 'OPEN',
    timestamp: revision,
    attributes: null,
    eventId: `${given.id}@${given.timestamp ?? revision}`,
    kind: 'CREATED',
    version: 1,
    revision,
    operation: 'UPSERT',
    previousLocation: null,
    source: { partition: 0, offset: 0 },
    rulesVersion: 1,
    acceptedAt: null,
    processedAt: revision,
    warnings: [],
    imageHash: null,
    ...given,
  }
}

/** The record of `poi-processed-topic` that carries a change. */
export function processedRecord(poi: ProcessedPoi, image: Uint8Array | null = null): Uint8Array {
  const { operation, eventId, acceptedAt } = poi
  return encodeProcessed(encodeSubmission({ operation, eventId, acceptedAt, record: { ...poi, image } }), poi)
}

export function storedChange(poi: ProcessedPoi): StoredChange {
  return { poi, record: processedRecord(poi), image: null }
}

/** Numbers from 0 up to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export function shuffled<T>(values: readonly T[], random: () => number): T[] {
  const result = [...values]
  for (let i = result.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    const swapped = result[i] as T
    result[i] = result[j] as T
    result[j] = swapped
  }
  return result
}

export function randomLocation(random: () => number): Location {
  return { latitude: random() * 180 - 90, longitude: random() * 360 - 180 }
}

const WORDS = [
  'café',
  'bar',
  'Straße',
  'harbour',
  'museum',
  'Łódź',
  'north',
  'old',
  'park',
  '東京',
  'tower',
  'bridge',
  'Øst',
  'garden',
] as const
const CATEGORIES = ['amenity/cafe', 'amenity/bar', 'amenity', 'transport/bus', 'transport/rail/stop', 'leisure/park'] as const

export function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)] as T
}

/**
 * A life of some POIs as a processor would judge it: created, updated, moved, removed and come back, with late records among them and
 * records judged a second time. Revisions rise per POI.
 */
export function randomLives(pois: number, changesPerPoi: number, random: () => number): ProcessedPoi[] {
  const changes: ProcessedPoi[] = []
  for (let i = 0; i < pois; i++) {
    const id = `poi-${i}`
    let revision = NEW_YEAR + i
    let current: ProcessedPoi | null = null
    for (let j = 0; j < changesPerPoi; j++) {
      revision += 1 + Math.floor(random() * 1_000)
      const isLate: boolean = current !== null && random() < 0.25
      const isRemoval = random() < 0.15
      const operation = isRemoval ? 'REMOVE' : 'UPSERT'
      const timestamp: number = isLate && current !== null ? current.timestamp - 1 - Math.floor(random() * 1_000) : NEW_YEAR + j * 2_000
      const change = processedPoi({
        id,
        revision,
        timestamp,
        operation,
        eventId: `event-${i}-${j}`,
        kind: isLate ? 'LATE' : isRemoval ? 'REMOVED' : current === null ? 'CREATED' : 'UPDATED',
        version: isLate ? (current?.version ?? 1) : (current?.version ?? 0) + 1,
        name: current !== null && random() < 0.5 ? current.name : `${pick(WORDS, random)} ${pick(WORDS, random)}`,
        category: current !== null && random() < 0.7 ? current.category : pick(CATEGORIES, random),
        description: random() < 0.3 ? `${pick(WORDS, random)} ${pick(WORDS, random)} ${pick(WORDS, random)}` : null,
        sourceId: pick([null, 'a', 'b'], random),
        status: pick(['OPEN', 'CLOSED'], random),
        location: current !== null && random() < 0.6 ? current.location : randomLocation(random),
        source: { partition: 0, offset: changes.length },
      })
      changes.push(change)
      if (!isLate) current = change
      if (!isLate && random() < 0.1) {
        revision += 1
        current = { ...change, revision, name: `${change.name} again`, rulesVersion: 2 }
        changes.push(current)
      }
    }
  }
  return changes
}
