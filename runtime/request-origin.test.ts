import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { test } from 'node:test'
import { pino } from 'pino'
import { WebSocket } from 'ws'
import { isLoopback } from './request-origin.ts'
import { type ServeOptions, serve } from './serve.ts'

const OPTIONS: ServeOptions = {
  host: '127.0.0.1',
  port: 0,
  routes: { '/': (_, response) => void response.end('{}') },
  sockets: { '/live': { protocol: () => false, open: () => {} } },
  missing: async () => [],
  metrics: async () => '',
  logger: pino({ level: 'silent' }),
  drainDelayMs: 0,
}

test('addresses that only this machine can reach', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1']) assert.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', 'localhost.example', '127.0.0.1.example', '::2']) assert.ok(!isLoopback(host), host)
})

test('requests are answered only when sent to this machine by name, and not for pages of other sites', async () => {
  await using served = await serve(OPTIONS)
  const { port } = served
  const own = `localhost:${port}`
  const cases: readonly (readonly [method: string, headers: Record<string, string>, status: number])[] = [
    ['POST', { host: own }, 200],
    ['POST', { host: 'localhost' }, 200],
    ['POST', { host: `poi.localhost:${port}` }, 200],
    ['POST', { host: `127.1.2.3:${port}` }, 200],
    ['POST', { host: `[::1]:${port}` }, 200],
    ['POST', { host: own, origin: `http://${own}` }, 200],
    ['GET', { host: own, origin: 'http://evil.example' }, 200],
    ['POST', { host: own, origin: 'http://evil.example' }, 403],
    ['POST', { host: own, origin: 'http://localhost:1' }, 403],
    ['POST', { host: own, origin: 'null' }, 403],
    ['PUT', { host: own, origin: 'http://evil.example' }, 403],
    ['GET', { host: `evil.example:${port}` }, 421],
    ['POST', { host: 'evil.example', origin: 'http://evil.example' }, 421],
    ['GET', { host: 'localhost.evil.example' }, 421],
    ['GET', { host: '127.0.0.1.evil.example' }, 421],
  ]
  for (const [method, headers, wanted] of cases) {
    const [status, body] = await answer(port, method, headers)
    assert.deepEqual([method, headers, status], [method, headers, wanted])
    if (wanted === 200) continue
    const { message, extensions } = JSON.parse(body).errors[0]
    assert.match(message, wanted === 403 ? /other sites/ : /localhost/)
    assert.deepEqual(extensions, { code: 'FORBIDDEN', retryable: false, correlationId: extensions.correlationId })
  }
})

test('WebSockets are held to the same', async () => {
  await using served = await serve(OPTIONS)
  const url = `ws://127.0.0.1:${served.port}/live`
  for (const [headers, wanted] of [
    [{ host: 'evil.example', origin: 'http://evil.example' }, 421],
    [{ origin: 'http://evil.example' }, 403],
  ] as const) {
    const socket = new WebSocket(url, { headers })
    socket.on('error', () => {})
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, IncomingMessage]
    assert.equal(response.statusCode, wanted)
    assert.equal(JSON.parse(await textOf(response)).errors[0].extensions.code, 'FORBIDDEN')
  }
  const allowed = new WebSocket(url, { origin: `http://127.0.0.1:${served.port}` })
  await once(allowed, 'open')
  allowed.close()
})

async function answer(port: number, method: string, headers: Record<string, string>): Promise<readonly [number | undefined, string]> {
  const call = request({ host: '127.0.0.1', port, method, headers }).end()
  const [response] = (await once(call, 'response')) as [IncomingMessage]
  return [response.statusCode, await textOf(response)]
}

async function textOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return text
}
