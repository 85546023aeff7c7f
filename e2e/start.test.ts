/** Starts that cannot succeed: one plain sentence on stderr says what is wrong and what to do, without a stack. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { test } from 'node:test'
import { startPlatform, temporaryDirectory } from './platform.ts'

async function failedStart(dataDir: string, env: Readonly<Record<string, string>> = {}): Promise<string> {
  const child = spawn(process.execPath, ['main.ts', '--no-demo'], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, POI_PORT: '0', POI_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  })
  const [errors, output, [code]] = await Promise.all([text(child.stderr), text(child.stdout), once(child, 'exit')])
  assert.equal(code, 1, output)
  assert.doesNotMatch(errors + output, /\bat .*\.ts:\d+/, 'no stack')
  assert.match(errors, /^poi-stream: .+\n$/)
  return errors
}

const NO_DATABASE = 'This is no database, but long enough to be looked at. '.repeat(200)

test('a damaged store names its file and that it can be deleted', async () => {
  await using directory = await temporaryDirectory()
  await writeFile(join(directory.path, 'store.db'), NO_DATABASE)
  assert.match(await failedStart(directory.path), /store\.db is damaged.*Delete it; it is rebuilt from the log/)
})

test('a damaged log names its file and asks for a backup', async () => {
  await using directory = await temporaryDirectory()
  await writeFile(join(directory.path, 'log.db'), NO_DATABASE)
  assert.match(await failedStart(directory.path), /log\.db is damaged.*Restore it from a backup; nothing was changed or deleted/)
})

test('a data directory in use, a port in use and a key that is none', async () => {
  await using directory = await temporaryDirectory()
  await using _first = await startPlatform({ dataDir: directory.path })
  assert.match(await failedStart(directory.path), /already the platform of the data directory/)

  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const other = join(directory.path, 'other')
  const errors = await failedStart(other, { POI_HOST: '127.0.0.1', POI_PORT: String(port) })
  server.close()
  assert.match(errors, new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use.*POI_PORT`))

  const third = join(directory.path, 'third')
  await mkdir(third)
  await writeFile(join(third, 'cursor.key'), 'short', { mode: 0o600 })
  assert.match(await failedStart(third), /cursor\.key holds no key/)
})
