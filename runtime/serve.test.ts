import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { test } from 'node:test'
import { pino } from 'pino'
import { WebSocket } from 'ws'
import { type ServeOptions, serve } from './serve.ts'

const SILENT = pino({ level: 'silent' })
const LISTENER = {
  host: '127.0.0.1',
  port: 0,
  routes: {},
  missing: async () => [],
  metrics: async () => '',
  logger: SILENT,
  drainDelayMs: 0,
} as const
const ECHO: ServeOptions['sockets'] = {
  '/live': { protocol: () => false, open: socket => socket.on('message', data => socket.send(String(data))) },
}

async function status(url: string): Promise<readonly [number, unknown]> {
  const response = await fetch(url)
  return [response.status, await response.json()]
}

test('alive whatever is missing; ready only when nothing is, and it says what', async () => {
  const lacks: string[] = ['The log cannot be reached.']
  await using served = await serve({ ...LISTENER, missing: async () => lacks })
  assert.deepEqual(await status(`${served.origin}/health/live`), [200, { status: 'live' }])
  assert.deepEqual(await status(`${served.origin}/health/ready`), [503, { status: 'not ready', missing: lacks }])
  lacks.length = 0
  assert.deepEqual(await status(`${served.origin}/health/ready`), [200, { status: 'ready', missing: [] }])
})

test('routes are found by path, then by the longest prefix', async () => {
  const answer = (text: string) => (_: unknown, response: { end(text: string): void }) => response.end(text)
  const routes = { '/a': answer('a'), '/a/': answer('below a'), '/a/b/': answer('below b'), '/': answer('root') }
  await using served = await serve({ ...LISTENER, routes, metrics: async () => 'poi_up 1\n' })
  const get = async (path: string) => (await fetch(served.origin + path)).text()
  assert.equal(await get('/a?x=1'), 'a')
  assert.equal(await get('/a/x'), 'below a')
  assert.equal(await get('/a/b/x'), 'below b')
  assert.equal(await get('/'), 'root')
  assert.equal(await get('/metrics'), 'poi_up 1\n')
  assert.equal((await fetch(`${served.origin}/elsewhere`)).status, 404)
})

test('a route that throws is answered with 500, and its words only reach the log', async () => {
  const lines: string[] = []
  const logger = pino({}, { write: line => void lines.push(line) })
  const routes = { '/': () => Promise.reject(new Error('secret')) }
  await using served = await serve({ ...LISTENER, routes, logger })
  const [code, body] = await status(served.origin)
  assert.equal(code, 500)
  assert.doesNotMatch(JSON.stringify(body), /secret/)
  assert.ok(lines.some(line => line.includes('secret')))
})

test('an address that is taken is a rejection', async () => {
  await using served = await serve(LISTENER)
  await assert.rejects(serve({ ...LISTENER, port: served.port }), { code: 'EADDRINUSE' })
})

test('a client that sends its header a byte now and then does not hold a connection for ever', async () => {
  await using served = await serve({ ...LISTENER, headersTimeoutMs: 200 })
  const slow = connect(served.port, served.host)
  slow.on('error', () => {})
  slow.write('GET / HTTP/1.1\r\n')
  const trickling = setInterval(() => slow.write('x'), 20)
  await new Promise(resolve => slow.on('close', resolve))
  clearInterval(trickling)
})

test('draining: not ready at once, sockets are told to come back, what is in flight is finished, then it is closed', async () => {
  const finish = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const routes: ServeOptions['routes'] = {
    '/slow': async (_, response) => {
      begun.resolve()
      await finish.promise
      response.end('finished')
    },
  }
  const served = await serve({ ...LISTENER, routes, sockets: ECHO, drainDelayMs: 100, drainSpreadMs: 60 })
  const sockets = Array.from({ length: 3 }, () => new WebSocket(`${served.origin.replace('http', 'ws')}/live`))
  for (const socket of sockets) await once(socket, 'open')
  const slow = fetch(`${served.origin}/slow`)
  await begun.promise

  const closedAt: number[] = []
  const closes = sockets.map(async socket => {
    const [code, reason] = await once(socket, 'close')
    closedAt.push(performance.now())
    return [code, String(reason)]
  })
  const drained = served[Symbol.asyncDispose]()
  assert.deepEqual(await status(`${served.origin}/health/ready`), [
    503,
    { status: 'not ready', missing: ['The process is shutting down.'] },
  ])
  assert.equal((await fetch(`${served.origin}/health/live`)).status, 200)
  for (const [code, reason] of await Promise.all(closes)) {
    assert.equal(code, 1012)
    assert.match(String(reason), /resume after your last cursor/)
  }
  assert.ok((closedAt[2] ?? 0) - (closedAt[0] ?? 0) >= 30, 'the closes are spread')
  finish.resolve()
  assert.equal(await (await slow).text(), 'finished')
  await drained
  await assert.rejects(fetch(served.origin))
})

test('while it drains, anybody can ask whether it is ready, and no WebSocket is taken, until the last one was told', async () => {
  const served = await serve({ ...LISTENER, sockets: ECHO, drainDelayMs: 200, drainSpreadMs: 200 })
  const url = `${served.origin.replace('http', 'ws')}/live`
  const sockets = [new WebSocket(url), new WebSocket(url)] as const
  for (const socket of sockets) await once(socket, 'open')
  // A connection of its own each time, as balancers make them.
  const isReady = () => fetch(`${served.origin}/health/ready`, { headers: { connection: 'close' } })
  const closes = sockets.map(socket => once(socket, 'close'))
  const begun = performance.now()
  const drained = served[Symbol.asyncDispose]()
  assert.equal((await isReady()).status, 503)
  const late = new WebSocket(url)
  late.on('error', () => {})
  const [, refused] = (await once(late, 'unexpected-response')) as [unknown, { statusCode: number }]
  assert.equal(refused.statusCode, 503)
  await closes[0]
  assert.ok(performance.now() - begun >= 190, 'it serves on for a moment')
  assert.equal(sockets[1].readyState, WebSocket.OPEN)
  assert.equal((await isReady()).status, 503)
  await Promise.all([drained, ...closes])
})

test('when nobody is connected there is nothing to wait for', async () => {
  const served = await serve({ ...LISTENER, drainDelayMs: 5_000 })
  const begun = performance.now()
  await served[Symbol.asyncDispose]()
  assert.ok(performance.now() - begun < 1_000)
})

test('what does not finish in time is cut', async () => {
  const routes: ServeOptions['routes'] = { '/never': () => new Promise(() => {}) }
  const served = await serve({ ...LISTENER, routes, sockets: ECHO, drainDeadlineMs: 100 })
  const stuck = fetch(`${served.origin}/never`).catch(() => 'cut')
  const socket = new WebSocket(`${served.origin.replace('http', 'ws')}/live`)
  await once(socket, 'open')
  // It never answers the close.
  socket.pause()
  await once(socket, 'pong', { signal: AbortSignal.timeout(10) }).catch(() => {})
  await served[Symbol.asyncDispose]()
  assert.equal(await stuck, 'cut')
  socket.terminate()
})

test('closing twice is fine', async () => {
  const served = await serve(LISTENER)
  await Promise.all([served[Symbol.asyncDispose](), served[Symbol.asyncDispose]()])
})

test('a connection on which no request ever came does not hold the drain up', async () => {
  const served = await serve({ ...LISTENER, drainDelayMs: 0, drainDeadlineMs: 60_000 })
  const spare = connect(served.port, served.host)
  await once(spare, 'connect')
  await served[Symbol.asyncDispose]()
  if (!spare.closed) await once(spare, 'close')
})
