import { PoiError } from '#runtime/errors.ts'
import { encodeReceipt } from '#schema/cursor.ts'
import type { Micros } from '#schema/poi.ts'
import { scalars } from '#schema/scalars.ts'
import type { Accept, Accepted, Refused } from './accept.ts'
import { type Judged, judgePoi, judgeRemoval } from './judge.ts'
import type { ReadReceipt } from './receipt-status.ts'
import type { Resolvers } from './resolvers.generated.ts'

/** records in one `submitPois` */
const MAX_BATCH = 1_000

export interface IngestParts {
  readonly accept: Accept
  readonly readReceipt: ReadReceipt
  /** signs the receipts */
  readonly cursorKey: Uint8Array
  readonly clock: () => Micros
}

export function createResolvers({ accept, readReceipt, cursorKey, clock }: IngestParts): Resolvers {
  const { BigInt: _, ...own } = scalars
  const acceptOne = async (judge: (now: Micros) => Judged): Promise<Accepted | Refused> => {
    const now = clock()
    const [result] = await accept([judge(now)], now)
    if (result === undefined) throw new Error('A record had no result')
    return result
  }
  return {
    ...own,
    Mutation: {
      submitPoi: (_, { input, idempotencyKey = null }) => acceptOne(now => judgePoi(input, idempotencyKey, now)),
      removePoi: (_, { idempotencyKey = null, ...removal }) => acceptOne(now => judgeRemoval(removal, idempotencyKey, now)),
      submitPois: async (_, { inputs }) => {
        if (inputs.length < 1 || inputs.length > MAX_BATCH) {
          throw new PoiError('BAD_USER_INPUT', `inputs: wanted 1 to ${MAX_BATCH} records; came ${inputs.length}.`)
        }
        const now = clock()
        const results = await accept(
          inputs.map(input => judgePoi(input, null, now)),
          now,
        )
        const refused = results.filter(result => result.__typename === 'PoiRefused').length
        return { results, accepted: results.length - refused, refused }
      },
    },
    Query: { receipt: (_, { receipt }) => readReceipt(receipt) },
    PoiAccepted: { receipt: ({ position, acceptedAt }) => encodeReceipt({ ...position, acceptedAt }, cursorKey) },
    SubmitPoiResult: { __resolveType: result => result.__typename },
  }
}
