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
