import DataLoader from 'dataloader'
import type { RequestContext } from '#runtime/subgraph.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import { AnswerBudget } from './answer-budget.ts'
import type { Records } from './records.ts'

/** What the store's resolvers share within one operation or one event. */
export interface StoreContext extends RequestContext {
  /** POIs that other subgraphs refer to, gathered into one read. */
  readonly referenced: DataLoader<string, ProcessedPoi | null>
  readonly answer: AnswerBudget
}

/** References per read; a page of 500 with its neighbours needs several. */
const TOGETHER = 500

/**
 * A subscriber hears of a change when it is in the log, which can be some ms before the store has applied it. What is asked about a POI of
 * an event must not be older than the event, so references wait until the store has come to where the log ends now.
 *
 * @param caughtUp resolves when the store has applied what the log holds of these POIs, or soon when that takes too long
 */
export function createContext(
  records: Records,
  caughtUp: (ids: readonly string[]) => Promise<void>,
): (request: RequestContext) => StoreContext {
  const read = async (ids: readonly string[]): Promise<readonly (ProcessedPoi | null)[]> => {
    await caughtUp(ids)
    return records.latest(ids)
  }
  return request => ({ ...request, referenced: new DataLoader(read, { maxBatchSize: TOGETHER }), answer: new AnswerBudget() })
}
