import type { Fault } from '#schema/poi.ts'
import { dataOf, type Endpoint, PlatformError } from '../endpoint.ts'
import { type RetryOptions, retrying } from '../retrying.ts'
import type { BatchRecord } from './batch.ts'
import type { Refusal } from './row.ts'

/** An accepted record answers as an empty object: what comes back is small unless something is wrong. */
const SUBMIT = `mutation Import($inputs: [PoiInput!]!) {
  submitPois(inputs: $inputs) { results { ... on PoiRefused { faults { field code message } } } }
}`

interface Submitted {
  readonly submitPois: { readonly results: readonly { readonly faults?: readonly Fault[] }[] }
}

export interface SubmitOptions extends RetryOptions {
  readonly endpoint: Endpoint
}

/**
 * Sends records in one mutation until the platform has judged each of them, and returns those it refused. A resend is safe: the same record
 * is the same event. When the platform refuses the request as a whole (one record that GraphQL itself does not take, or a body that is too
 * large after all), halves are sent, down to the record it was about.
 * @throws PlatformError when trying again does not help, or did not for `retryForMs`
 */
export async function submit(records: readonly BatchRecord[], options: SubmitOptions): Promise<readonly Refusal[]> {
  if (records.length === 0) return []
  try {
    return await submitWhole(records, options)
  } catch (error) {
    if (!(error instanceof PlatformError) || !isAboutTheRecords(error)) throw error
    if (records.length === 1) return records.map(record => refusalOf(record, [{ field: null, code: 'BAD_FORMAT', message: error.message }]))
    const middle = records.length >> 1
    return [...(await submit(records.slice(0, middle), options)), ...(await submit(records.slice(middle), options))]
  }
}

async function submitWhole(records: readonly BatchRecord[], options: SubmitOptions): Promise<readonly Refusal[]> {
  const body = `{"query":${JSON.stringify(SUBMIT)},"variables":{"inputs":[${records.map(record => record.json).join(',')}]}}`
  const { results } = (await retrying(async () => dataOf(await options.endpoint.post<Submitted>(body, options.signal)), options)).submitPois
  if (results.length !== records.length)
    throw new PlatformError(`The platform answered ${results.length} results for ${records.length} records.`, { code: 'BAD_ANSWER' })
  return records.flatMap((record, index) => {
    const faults = results[index]?.faults
    return faults === undefined ? [] : [refusalOf(record, faults)]
  })
}

function isAboutTheRecords(error: PlatformError): boolean {
  return error.code === 'BAD_USER_INPUT' || error.code === 'PAYLOAD_TOO_LARGE'
}

function refusalOf({ row, line, id }: BatchRecord, faults: readonly Fault[]): Refusal {
  return { row, ...(line !== undefined && { line }), id, faults }
}
