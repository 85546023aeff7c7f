/**
 * Sends one POI and reads it back: a mutation is acknowledged once it is durable in the log, and the store follows a moment later.
 * `atLeast` with the receipt waits for just that moment.
 *
 *   node examples/read-your-write.ts [http://127.0.0.1:4000/graphql]
 */
const url = process.argv[2] ?? 'http://127.0.0.1:4000/graphql'

async function ask(query: string, variables: Record<string, unknown>): Promise<Record<string, unknown>> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  })
  const { data, errors } = (await response.json()) as { data: Record<string, unknown>; errors?: { message: string }[] }
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join('; '))
  return data
}

const id = 'example:bench'
const { submitPoi } = (await ask(
  `mutation ($input: PoiInput!) {
    submitPoi(input: $input) {
      ... on PoiAccepted { receipt acceptedAt }
      ... on PoiRefused { faults { field message } }
    }
  }`,
  {
    input: {
      id,
      sourceId: 'examples',
      name: 'Bench with a view',
      category: 'amenity/bench',
      location: { latitude: 47.2683, longitude: 11.3933 },
      timestamp: new Date().toISOString(),
    },
  },
)) as { submitPoi: { receipt?: string; acceptedAt?: string; faults?: unknown } }
console.log('the platform said:', submitPoi)

if (submitPoi.receipt !== undefined) {
  const { poi } = await ask('query ($id: ID!, $atLeast: Receipt!) { poi(id: $id, atLeast: $atLeast) { id version name updatedAt } }', {
    id,
    atLeast: submitPoi.receipt,
  })
  console.log('and the store has it:', poi)
}
