import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { MessageChannel } from 'node:worker_threads'
import { createLogger } from './logger.ts'
import { mergeMetrics } from './metrics.ts'
import { startThread } from './thread.ts'

const open = async (data: { failToOpen?: boolean; hangs?: boolean } = {}, closeMs?: number) => {
  const lines: string[] = []
  const logger = createLogger({ service: 'poi-test', destination: { write: line => void lines.push(line) } })
  const { port1: orders, port2: port } = new MessageChannel()
  orders.unref()
  const module = new URL('./thread.fixture.ts', import.meta.url)
  const thread = await startThread({ module, name: 'echo', data: { ...data, port }, transfer: [port], logger, closeMs }).catch(error => {
    orders.close()
    throw error
  })
  const ask = async (order: string): Promise<unknown> => {
    orders.postMessage(order)
    return (await once(orders, 'message'))[0]
  }
  const messages = () => lines.map(line => JSON.parse(line).message)
  return { thread, orders, ask, lines, messages }
}

test('a thread is ready when it says so, does its work, and closes in order', async () => {
  const { thread, orders, ask, messages, lines } = await open()
  assert.equal(await ask('count'), 'count')
  const farewell = once(orders, 'message')
  await thread[Symbol.asyncDispose]()
  assert.equal((await farewell)[0], 'closed')
  await thread[Symbol.asyncDispose]()
  assert.deepEqual(messages(), ['echo is open', 'echo is closed'])
  const line = JSON.parse(lines[0] ?? '')
  assert.equal(line['process.thread.name'] ?? line.process?.thread?.name, 'echo')
  assert.equal(lines[0]?.split('\n').length, 2)
})

test('its metrics are asked for, and a busy thread answers with what was known', async () => {
  const { thread, orders, ask } = await open({}, 200)
  await using closing = thread
  await ask('count')
  assert.match(await mergeMetrics([closing]), /^poi_echo_orders_total 1$/m)
  orders.postMessage('block')
  assert.match(await mergeMetrics([closing]), /^poi_echo_orders_total 1$/m)
})

test('a thread that cannot open fails its start, with the reason', async () => {
  await assert.rejects(open({ failToOpen: true }), (error: unknown) => {
    assert.ok(error instanceof Error && error.cause instanceof Error)
    assert.match(error.message, /thread echo ended with an error/)
    assert.equal(error.cause.message, 'cannot open')
    assert.ok(error.cause.cause instanceof Error && error.cause.cause.message === 'no such file')
    return true
  })
})

test('a module that is not there fails the start', async () => {
  const logger = createLogger({ service: 'poi-test', level: 'silent' })
  const module = new URL('./nobody.ts', import.meta.url)
  await assert.rejects(startThread({ module, name: 'nobody', data: {}, logger }), /thread nobody ended with an error/)
})

for (const [order, reason] of [
  ['throw', /thrown by main/],
  ['crash', /crashed in a callback/],
  ['return', /ended by itself, with code 0/],
] as const) {
  test(`a thread asked to ${order} rejects "failed", logs it, and can still be disposed`, async () => {
    const { thread, orders, messages } = await open()
    orders.postMessage(order)
    await assert.rejects(thread.failed, (error: unknown) => {
      assert.ok(error instanceof Error)
      assert.match(`${error.message} ${error.cause}`, reason)
      return true
    })
    await thread[Symbol.asyncDispose]()
    assert.ok(messages().includes('A thread failed'))
    orders.close()
  })
}

test('a thread that does not close in time is terminated', async () => {
  const { thread, orders, messages } = await open({ hangs: true }, 50)
  await thread[Symbol.asyncDispose]()
  assert.ok(messages().includes('A thread did not close in time; terminating it'))
  orders.close()
})
