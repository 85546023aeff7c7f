import DataLoader from 'dataloader'
import type { RequestContext } from '#runtime/subgraph.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import type { Records } from './records.ts'

/** What the store's resolvers share within one operation or one event. */
export interface StoreContext extends RequestContext {
  /** POIs that other subgraphs refer to, gathered into one read. */
  readonly referenced: DataLoader<string, ProcessedPoi | null>
}

/** References per read; a page of 500 with its neighbours needs several. */
const TOGETHER = 500

/**
 * A subscriber hears of a change when it is in the log, which can be some ms before the store has applied it. So a POI that the store does
 * not know yet is waited for, until the store has come to where the log ended when it was asked.
 *
 * @param caughtUp resolves then, or soon when that takes too long
 */
export function createContext(records: Records, caughtUp: () => Promise<void>): (request: RequestContext) => StoreContext {
  const read = async (ids: readonly string[]): Promise<readonly (ProcessedPoi | null)[]> => {
    const known = await records.latest(ids)
    const unknown = ids.filter((_, i) => known[i] === null)
    if (unknown.length === 0) return known
    await caughtUp()
    const late = new Map((await records.latest(unknown)).map((poi, i) => [unknown[i], poi]))
    return known.map((poi, i) => poi ?? late.get(ids[i]) ?? null)
  }
  return request => ({ ...request, referenced: new DataLoader(read, { maxBatchSize: TOGETHER }) })
}
