import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { Socket } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { WebSocket, WebSocketServer } from 'ws'
import { fillTemplate, frameTemplate, idBytes } from './frame.ts'

test('frames of every size are read back by a WebSocket client as the messages they hold', async () => {
  const http = createServer()
  const acceptor = new WebSocketServer({ server: http })
  http.listen(0, '127.0.0.1')
  await once(http, 'listening')
  let stream: Socket | undefined
  http.on('upgrade', (_, socket) => {
    stream = socket as Socket
  })
  const address = http.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  const client = new WebSocket(`ws://127.0.0.1:${address.port}`)
  await once(client, 'open')

  // Around the limits of the three forms of a length: 126 and 65,536 bytes.
  const sizes = [0, 1, 40, 70, 90, 125, 126, 127, 1_000, 65_400, 65_480, 65_500, 65_535, 65_536, 70_000]
  const results = sizes.map(size => ({ data: { text: 'é'.repeat(size / 2) } }))
  for (const id of ['1', 'a "quoted" id', '7c1b9a56-4a3e-4a52-9b57-1f0e1c3c7a10']) {
    const bytes = results.map(result => Buffer.from(JSON.stringify(result)))
    const messages: unknown[] = []
    const all = Promise.withResolvers<void>()
    const read = (data: unknown) => {
      messages.push(JSON.parse(String(data)))
      if (messages.length === results.length) all.resolve()
    }
    client.on('message', read)
    stream?.write(fillTemplate(frameTemplate(bytes, idBytes(id).length), idBytes(id)))
    await all.promise
    client.off('message', read)
    assert.deepEqual(
      messages,
      results.map(payload => ({ id, type: 'next', payload })),
    )
  }
  client.terminate()
  acceptor.close()
  http.close()
})

test('filling a template leaves it as it was', () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { minLength: 1, maxLength: 5 }), texts => {
      const template = frameTemplate(
        texts.map(text => Buffer.from(JSON.stringify(text))),
        3,
      )
      const first = fillTemplate(template, Buffer.from('"a"'))
      fillTemplate(template, Buffer.from('"b"'))
      assert.deepEqual(fillTemplate(template, Buffer.from('"a"')), first)
    }),
  )
})
