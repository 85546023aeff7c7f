/**
 * What a record by itself does not tell. A removal says which POI is gone, when and by whom, and not what it was; a late record carries the
 * version that was current when it arrived, which means nothing at its own event time. Both follow from the state before them in event time.
 * It is looked for when somebody reads: the sink then need not care in which order changes come.
 */
import type { ProcessedPoi } from '#schema/poi.ts'
import { Pace } from './pace.ts'
import type { HistoryKey, Records } from './records.ts'

/** Rows read at once while looking for a state: nearly always the first is one. */
const AT_ONCE = 20

/** The records of an engine that hands them out as they lie in the log, made what the port promises. Closing it closes them. */
export function wholeRecords(records: Records): Records {
  const whole = async (poi: ProcessedPoi): Promise<ProcessedPoi> => {
    if (poi.kind !== 'LATE' && poi.operation === 'UPSERT') return poi
    const before = keyOf(poi)
    const said = poi.operation === 'REMOVE' ? await newestBefore(records, poi.id, before, isStatement) : null
    const version = poi.kind === 'LATE' ? ((await newestBefore(records, poi.id, before, isState))?.version ?? 0) : poi.version
    return { ...poi, ...statedIn(said ?? poi), version }
  }
  return {
    engine: records.engine,
    latest: async ids => Promise.all((await records.latest(ids)).map(poi => poi && whole(poi))),
    async asOf(id, at) {
      const poi = await records.asOf(id, at)
      return poi && whole(poi)
    },
    async history(id, page) {
      const rows = await records.history(id, page)
      const removals = rows.findLastIndex(isRemoval)
      if (removals < 0) return rows
      const isKnown = rows.findLastIndex(isStatement) > removals
      const oldest = rows.at(-1)
      let said = isKnown || oldest === undefined ? null : await newestBefore(records, id, keyOf(oldest), isStatement)
      const retold = rows.toReversed().map(poi => {
        if (isStatement(poi)) said = poi
        return isRemoval(poi) && said !== null ? { ...poi, ...statedIn(said) } : poi
      })
      return retold.reverse()
    },
    image: hash => records.image(hash),
    check: () => records.check(),
    [Symbol.asyncDispose]: () => records[Symbol.asyncDispose](),
  }
}

const keyOf = ({ timestamp, revision }: ProcessedPoi): HistoryKey => ({ eventTime: timestamp, revision })
const isRemoval = ({ operation }: ProcessedPoi): boolean => operation === 'REMOVE'
const isState = ({ kind }: ProcessedPoi): boolean => kind !== 'LATE'
const isStatement = (poi: ProcessedPoi): boolean => isState(poi) && !isRemoval(poi)

/** What a record says of its POI, beside when and by whom. */
function statedIn({ name, names, category, description, location, status, attributes, imageHash }: ProcessedPoi): Partial<ProcessedPoi> {
  return { name, names, category, description, location, status, attributes, imageHash }
}

async function newestBefore(
  records: Records,
  id: string,
  before: HistoryKey,
  isWanted: (poi: ProcessedPoi) => boolean,
): Promise<ProcessedPoi | null> {
  const pace = new Pace()
  let after = before
  for (;;) {
    const rows = await records.history(id, { first: AT_ONCE, after })
    const found = rows.find(isWanted)
    const last = rows.at(-1)
    if (found !== undefined || last === undefined || rows.length < AT_ONCE) return found ?? null
    after = keyOf(last)
    await pace.breathe()
  }
}
