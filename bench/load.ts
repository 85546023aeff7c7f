/** A client that costs as little as possible: prepared bodies over kept-alive connections, answers read but not parsed unless wanted. */
import { Agent, request } from 'node:http'

export interface Load extends Disposable {
  post(body: string): Promise<string>
}

export function openLoad(url: string, connections: number): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  const { hostname, port, pathname } = new URL(url)
  return {
    post: body =>
      new Promise((resolve, reject) => {
        const headers = {
          'content-type': 'application/json',
          accept: 'application/graphql-response+json',
          'content-length': Buffer.byteLength(body),
        }
        const call = request({ agent, hostname, port, path: pathname, method: 'POST', headers }, response => {
          const chunks: Buffer[] = []
          response.on('data', chunk => chunks.push(chunk))
          response.on('error', reject)
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString()
            if (response.statusCode === 200 && !text.startsWith('{"errors"')) resolve(text)
            else reject(new Error(`${response.statusCode} ${text.slice(0, 300)}`))
          })
        })
        call.on('error', reject)
        call.end(body)
      }),
    [Symbol.dispose]: () => agent.destroy(),
  }
}

/** Runs `work` for each of `items`, `width` at a time. */
export async function concurrently<Item>(width: number, items: Iterable<Item>, work: (item: Item) => Promise<void>): Promise<void> {
  const queue = items[Symbol.iterator]()
  await Promise.all(
    Array.from({ length: width }, async () => {
      for (let next = queue.next(); !next.done; next = queue.next()) await work(next.value)
    }),
  )
}

/** A POI as apps send them, about 300 bytes as JSON; `serial` makes it unique. */
export function samplePoi(random: { next(): number }, serial: number, id = `bench-${serial}`): object {
  return {
    id,
    sourceId: 'bench',
    name: `Café Nummer ${serial}`,
    category: `amenity/${['cafe', 'bar', 'restaurant', 'bank', 'school'][serial % 5]}`,
    description: 'A place with good coffee, some tables outside and a view of the river.',
    location: { latitude: random.next() * 170 - 85, longitude: random.next() * 360 - 180 },
    timestamp: new Date(Date.UTC(2026, 0, 1) + serial * 10).toISOString(),
    attributes: { seats: serial % 80, wifi: serial % 2 === 0 },
  }
}

export const SUBMIT_MANY =
  'mutation ($inputs: [PoiInput!]!) { submitPois(inputs: $inputs) { accepted refused results { __typename ... on PoiAccepted { id receipt } } } }'
export const SUBMIT_ONE = 'mutation ($input: PoiInput!) { submitPoi(input: $input) { __typename ... on PoiAccepted { id receipt } } }'
