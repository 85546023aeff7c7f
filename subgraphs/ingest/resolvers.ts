import { PoiError } from '#runtime/errors.ts'
import type { Micros } from '#schema/poi.ts'
import { scalars } from '#schema/scalars.ts'
import type { Accept } from './accept.ts'
import { judgePoi, judgeRemoval } from './judge.ts'
import type { ReadReceipt } from './receipt-status.ts'
import type { Resolvers, SubmitPoiResult } from './resolvers.generated.ts'

/** records in one `submitPois` */
const MAX_BATCH = 1_000

export interface IngestParts {
  readonly accept: Accept
  readonly readReceipt: ReadReceipt
  readonly clock: () => Micros
}

export function createResolvers({ accept, readReceipt, clock }: IngestParts): Resolvers {
  return {
    ...{ DateTime: scalars.DateTime, Cursor: scalars.Cursor, Receipt: scalars.Receipt, JSON: scalars.JSON },
    Query: {
      receipt: (_, { receipt }) => readReceipt(receipt),
    },
    Mutation: {
      submitPoi: async (_, { input, idempotencyKey }) => only(await accept([judgePoi(input, idempotencyKey ?? null, clock())])),
      removePoi: async (_, { idempotencyKey, ...removal }) => only(await accept([judgeRemoval(removal, idempotencyKey ?? null, clock())])),
      submitPois: async (_, { inputs }) => {
        if (inputs.length < 1 || inputs.length > MAX_BATCH) {
          throw new PoiError('BAD_USER_INPUT', `inputs: wanted 1 to ${MAX_BATCH} records; came ${inputs.length}.`)
        }
        const now = clock()
        const results = await accept(inputs.map(input => judgePoi(input, null, now)))
        const accepted = results.reduce((count, { __typename }) => (__typename === 'PoiAccepted' ? count + 1 : count), 0)
        return { results, accepted, refused: results.length - accepted }
      },
    },
    SubmitPoiResult: { __resolveType: ({ __typename }) => __typename ?? null },
  }
}

function only(results: readonly SubmitPoiResult[]): SubmitPoiResult {
  const [result] = results
  if (result === undefined || results.length > 1) throw new Error(`One record has ${results.length} results`)
  return result
}
