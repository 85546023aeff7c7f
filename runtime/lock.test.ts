import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { DirectoryInUse, lockDirectory } from './lock.ts'

const temporaryDirectory = async (t: TestContext): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-lock-'))
  t.after(() => rm(directory, { recursive: true }))
  return directory
}

/** A process that holds the lock until it is killed. */
const holder = async (t: TestContext, directory: string) => {
  const script = `const { lockDirectory } = await import(${JSON.stringify(import.meta.resolve('./lock.ts'))})
    globalThis.held = lockDirectory(process.argv[1], 'processor')
    process.stdout.write('held')
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.after(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  return child
}

test('a role is taken once per directory; other roles and directories are free', async t => {
  const [directory, other] = [await temporaryDirectory(t), await temporaryDirectory(t)]
  using first = lockDirectory(directory, 'processor')
  using _sink = lockDirectory(directory, 'sink')
  using _elsewhere = lockDirectory(other, 'processor')
  assert.throws(
    () => lockDirectory(directory, 'processor'),
    (error: unknown) =>
      error instanceof DirectoryInUse && error.message.includes(`already the processor of the data directory ${directory}`),
  )
  first[Symbol.dispose]()
  using _again = lockDirectory(directory, 'processor')
})

test('another process holds the role until it is killed, and then it is free at once', async t => {
  const directory = await temporaryDirectory(t)
  const child = await holder(t, directory)
  assert.throws(() => lockDirectory(directory, 'processor'), DirectoryInUse)
  child.kill('SIGKILL')
  await once(child, 'exit')
  using _mine = lockDirectory(directory, 'processor')
})
