/** The topics of the platform. All data topics are co-partitioned: output partition = input partition. */
export const TOPICS = {
  /** what apps, cars and partners sent, as they sent it */
  unprocessed: 'poi-unprocessed-topic',
  /** what the processor accepted: one record per change, and small progress records */
  processed: 'poi-processed-topic',
  /** dead letters: what the processor refused, with the original bytes and every reason */
  rejected: 'poi-rejected-topic',
  /** the processor's state per POI (compacted); only engines without local transactions write it */
  state: 'poi-state-topic',
} as const

/** The group whose committed positions say how far the live stream is processed. */
export const PROCESSOR_GROUP = 'poi-processor'

/** One topic as every process ensures it at its start. */
export interface PoiTopic {
  readonly name: string
  readonly partitions: number
  readonly retentionMs?: number
  readonly retentionBytes?: number
  readonly compacted?: boolean
}

/**
 * All topics with the same partition count. The data topics share one retention (ms, and bytes per partition): a receipt then finds an
 * outcome as long as its submission is held. The state is kept for ever, its newest record per key.
 */
export function topicSpecs(partitions: number, retention: { readonly ms: number; readonly bytes: number }): readonly PoiTopic[] {
  const data = [TOPICS.unprocessed, TOPICS.processed, TOPICS.rejected]
  return [
    ...data.map(name => ({ name, partitions, retentionMs: retention.ms, retentionBytes: retention.bytes })),
    { name: TOPICS.state, partitions, compacted: true },
  ]
}
