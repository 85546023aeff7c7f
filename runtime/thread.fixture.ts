/** A thread for the tests: it answers on the port it is given, and fails in the ways it is asked to. */
import type { MessagePort } from 'node:worker_threads'
import { Counter } from 'prom-client'
import { serveThread } from './thread.ts'

type Order = 'count' | 'throw' | 'crash' | 'return' | 'block'

await serveThread<{ readonly port: MessagePort; readonly failToOpen?: boolean; readonly hangs?: boolean }>(
  async ({ data: { port, failToOpen = false, hangs = false }, signal, registry, logger, ready }) => {
    if (failToOpen) throw new Error('cannot open', { cause: new Error('no such file') })
    const counter = new Counter({ name: 'poi_echo_orders_total', help: 'Orders.', registers: [registry] })
    const done = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => (hangs ? undefined : done.resolve()), { once: true })
    port.on('message', (order: Order) => {
      if (order === 'throw') return done.reject(new Error('thrown by main'))
      if (order === 'return') return done.resolve()
      if (order === 'crash') throw new Error('crashed in a callback')
      if (order === 'block') Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)
      counter.inc()
      return port.postMessage(order)
    })
    logger.info({ line: 'two\nlines' }, 'echo is open')
    ready()
    try {
      await done.promise
    } finally {
      port.postMessage('closed')
      port.close()
      logger.info('echo is closed')
    }
  },
)
