import type { ChangeKind } from '#schema/poi.ts'

/** What a tail asks for of every event. */
export const TAIL = `subscription Tail($filter: PoiFilter, $after: Cursor, $delivery: Delivery) {
  poiChanges(filter: $filter, after: $after, delivery: $delivery) {
    __typename
    cursor
    ... on PoiChange {
      eventId kind version occurredAt processedAt rulesVersion
      previousLocation { latitude longitude }
      poi { id sourceId name category description status timestamp removed location { latitude longitude } attributes }
    }
    ... on StreamGap { dropped from to }
    ... on StreamHeartbeat { at }
  }
}`

interface Coordinates {
  readonly latitude: number
  readonly longitude: number
}

export interface PoiChangeEvent {
  readonly __typename: 'PoiChange'
  readonly cursor: string
  readonly eventId: string
  readonly kind: ChangeKind
  readonly version: number
  readonly occurredAt: string
  readonly processedAt: string
  readonly rulesVersion: number
  readonly previousLocation: Coordinates | null
  readonly poi: {
    readonly id: string
    readonly sourceId: string | null
    readonly name: string
    readonly category: string
    readonly description: string | null
    readonly status: string
    readonly timestamp: string
    readonly removed: boolean
    readonly location: Coordinates
    readonly attributes: unknown
  }
}

export interface StreamGapEvent {
  readonly __typename: 'StreamGap'
  readonly cursor: string
  readonly dropped: number
  readonly from: string
  readonly to: string
}

export interface StreamHeartbeatEvent {
  readonly __typename: 'StreamHeartbeat'
  readonly cursor: string
  readonly at: string
}

/** An event of `poiChanges`, as it comes over the wire. */
export type StreamEvent = PoiChangeEvent | StreamGapEvent | StreamHeartbeatEvent
