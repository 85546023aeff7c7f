import { PoiError } from '#runtime/errors.ts'
import { decodeReceipt } from '#schema/cursor.ts'
import type { Applied } from './applied.ts'

/**
 * Waits until the store has applied what a mutation's receipt stands for, or has learnt that there is nothing to apply (a duplicate, a
 * dead letter). Without a receipt there is nothing to wait for.
 *
 * @throws PoiError CURSOR_INVALID, DEADLINE_EXCEEDED, SHUTTING_DOWN
 */
export async function untilApplied(
  { applied, partitions, cursorKey }: { readonly applied: Applied; readonly partitions: number; readonly cursorKey: Uint8Array },
  atLeast: string | null | undefined,
  waitMs: number,
): Promise<void> {
  if (atLeast === null || atLeast === undefined) return
  const receipt = decodeReceipt(atLeast, cursorKey)
  if (receipt === undefined || receipt.partition >= partitions)
    throw new PoiError('CURSOR_INVALID', 'atLeast: the receipt was not made by this platform.')
  if (await applied.until(() => applied.holdsSource(receipt.partition, receipt.offset), waitMs)) return
  throw new PoiError('DEADLINE_EXCEEDED', `The store had not applied the receipt after ${waitMs} ms; ask again.`)
}
