import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { loadOrCreateKey, parseKey } from './secret.ts'

const temporaryDirectory = async (t: TestContext): Promise<string> => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-secret-'))
  t.after(() => rm(directory, { recursive: true }))
  return directory
}

test('a key is made once, for its owner alone, and found again', async t => {
  const directory = await temporaryDirectory(t)
  const path = join(directory, 'deep', 'cursor.key')
  const made = await loadOrCreateKey(path)
  assert.equal(made.length, 32)
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await loadOrCreateKey(path), made)
})

test('processes that start side by side agree on one key and leave nothing behind', async t => {
  const directory = await temporaryDirectory(t)
  const keys = await Promise.all(Array.from({ length: 20 }, () => loadOrCreateKey(join(directory, 'cursor.key'))))
  assert.equal(new Set(keys.map(key => Buffer.from(key).toString('hex'))).size, 1)
  assert.deepEqual(await readdir(directory), ['cursor.key'])
})

test('a configured key comes first and writes no file', async t => {
  const directory = await temporaryDirectory(t)
  const configured = new Uint8Array(40).fill(7)
  assert.equal(await loadOrCreateKey(join(directory, 'cursor.key'), configured), configured)
  assert.deepEqual(await readdir(directory), [])
})

test('a key file that others may read, or that holds no key, is refused', async t => {
  const directory = await temporaryDirectory(t)
  const path = join(directory, 'cursor.key')
  await writeFile(path, `${'ab'.repeat(32)}\n`, { mode: 0o600 })
  assert.deepEqual(await loadOrCreateKey(path), new Uint8Array(32).fill(0xab))
  await chmod(path, 0o644)
  await assert.rejects(loadOrCreateKey(path), /can be read by other users \(mode 644\)/)
  await writeFile(path, 'short')
  await chmod(path, 0o600)
  await assert.rejects(loadOrCreateKey(path), /holds no key/)
})

test('keys are hex or base64 of at least 32 bytes', () => {
  const bytes = new Uint8Array(33).fill(0xfb)
  assert.deepEqual(parseKey(Buffer.from(bytes).toString('hex')), bytes)
  assert.deepEqual(parseKey(Buffer.from(bytes).toString('base64')), bytes)
  assert.deepEqual(parseKey(Buffer.from(bytes).toString('base64url')), bytes)
  for (const wrong of ['', 'ab', 'ab'.repeat(31), 'not a key at all, though it is long enough to be one'])
    assert.equal(parseKey(wrong), undefined, wrong)
})
