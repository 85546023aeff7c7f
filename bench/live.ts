/** How long a change takes from the producer's request to each of many subscribers. */
import { setTimeout as pause } from 'node:timers/promises'
import { WebSocket } from 'ws'
import { startPlatform, temporaryDirectory } from '../e2e/platform.ts'
import type { Seeded } from '../e2e/seeded.ts'
import { openLoad, SUBMIT_MANY, samplePoi } from './load.ts'
import { type Measurement, quantiles } from './report.ts'
import { threadSeconds } from './threads.ts'

const PER_SECOND = 1_000
const SECONDS = 15

/** A bare graphql-transport-ws subscriber: reads every frame and takes the send time out of the text without parsing the rest. */
async function subscribe(wsUrl: string, query: string, onSentAt: (sentAt: number) => void): Promise<Disposable> {
  const socket = new WebSocket(wsUrl, 'graphql-transport-ws')
  const first = Promise.withResolvers<void>()
  socket.on('error', first.reject)
  socket.on('open', () => socket.send('{"type":"connection_init"}'))
  socket.on('message', (data: Buffer) => {
    const text = data.toString()
    if (text.includes('connection_ack')) return socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query } }))
    // The first heartbeat says that the subscription stands.
    if (text.includes('StreamHeartbeat')) return first.resolve()
    const at = text.indexOf('sent@')
    if (at >= 0) onSentAt(Number.parseFloat(text.slice(at + 5, at + 30)))
    return undefined
  })
  await first.promise
  return { [Symbol.dispose]: () => socket.terminate() }
}

/** 1,000 events/s to 100 subscribers, all with one operation or each with a filter of its own that lets a share through. */
export async function live(random: Seeded, shape: 'identical' | 'distinct'): Promise<Measurement[]> {
  await using directory = await temporaryDirectory()
  await using platform = await startPlatform({ dataDir: directory.path, env: { POI_LOG_LEVEL: 'warn' } })
  using load = openLoad(platform.url, 8)
  const samples: number[] = []
  let measuring = false
  const onSentAt = (sentAt: number) => {
    if (measuring) samples.push(performance.timeOrigin + performance.now() - sentAt)
  }
  const filter = (subscriber: number) => {
    if (shape === 'identical') return ''
    const west = -180 + (subscriber % 10) * 36
    const south = -85 + Math.floor(subscriber / 10) * 17
    return `(filter: { bbox: { west: ${west}, south: ${south}, east: ${west + 36}, north: ${south + 17} } })`
  }
  using stack = new DisposableStack()
  for (let n = 0; n < 100; n += 1) {
    const query = `subscription { poiChanges${filter(n)} { __typename cursor ... on PoiChange { kind version poi { id name description location { latitude longitude } } } } }`
    stack.use(await subscribe(platform.wsUrl, query, onSentAt))
  }
  let serial = 0
  const ticks = SECONDS * 50
  const begun = performance.now()
  let before = threadSeconds(platform.child.pid ?? 0)
  for (let tick = 0; tick < ticks; tick += 1) {
    if (tick === 100) {
      measuring = true // after two seconds of warming up
      before = threadSeconds(platform.child.pid ?? 0)
    }
    const inputs = Array.from({ length: PER_SECOND / 50 }, () => {
      serial += 1
      return {
        ...samplePoi(random, serial, `live-${serial % 20_000}`),
        description: `sent@${(performance.timeOrigin + performance.now()).toFixed(3)} `,
      }
    })
    void load.post(JSON.stringify({ query: SUBMIT_MANY, variables: { inputs } }))
    const behind = begun + (tick + 1) * 20 - performance.now()
    if (behind > 0) await pause(behind)
  }
  const seconds = SECONDS - 2
  await pause(2_000) // what is still under way belongs to the measurement
  const name = `${PER_SECOND.toLocaleString('en')} events/s, 100 subscribers, ${shape === 'identical' ? 'one operation' : 'a box of its own each'}`
  const cpu = [...threadSeconds(platform.child.pid ?? 0)]
    .map(([thread, used]) => ({ thread, used: used - (before.get(thread) ?? 0) }))
    .filter(({ used }) => used > 0.2)
    .map(
      ({ thread, used }): Measurement => ({
        benchmark: name,
        metric: `CPU of thread ${thread}`,
        value: (used / (seconds + 2)) * 100,
        unit: '% of a core',
      }),
    )
  return [
    ...quantiles(name, 'producer → subscriber', samples, { p50: '<= 20', p99: '<= 100' }),
    {
      benchmark: name,
      metric: 'deliveries',
      value: samples.length / seconds,
      unit: '1/s',
      target: shape === 'identical' ? '= 100,000' : '= 1,000',
    },
    ...cpu,
  ]
}
