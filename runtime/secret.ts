/** Keys that sign cursors and receipts: given by the environment, or made once and kept in the data directory. */
import { randomBytes, randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { StartFailure } from './start-failure.ts'

const MIN_BYTES = 32

/** Hex or base64 (also base64url) of at least 32 bytes; undefined for anything else. */
export function parseKey(text: string): Uint8Array | undefined {
  const isHex = /^(?:[0-9a-f]{2})+$/i.test(text)
  if (!isHex && !/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) return undefined
  const key = Buffer.from(text, isHex ? 'hex' : 'base64')
  return key.length >= MIN_BYTES ? new Uint8Array(key) : undefined
}

/**
 * The key that was configured; else the one kept in the file `path` (base64, mode 0600), which is made on the first call. Processes that
 * start side by side agree on one key: whoever links the file first has made it.
 *
 * @throws StartFailure when the file holds no key or when others may read it
 */
export async function loadOrCreateKey(path: string, configured?: Uint8Array): Promise<Uint8Array> {
  if (configured !== undefined) return configured
  return (await loadKey(path)) ?? (await createKey(path))
}

async function loadKey(path: string): Promise<Uint8Array | undefined> {
  let content: string
  try {
    content = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
  const { mode } = await stat(path)
  if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
    throw new StartFailure(`The key file ${path} can be read by other users (mode ${(mode & 0o777).toString(8)}); run: chmod 600 ${path}`)
  }
  const key = parseKey(content.trim())
  if (key === undefined)
    throw new StartFailure(
      `The key file ${path} holds no key of at least ${MIN_BYTES} bytes in base64. Restore it, or delete it: cursors and receipts given out so far are then invalid.`,
    )
  return key
}

async function createKey(path: string): Promise<Uint8Array> {
  await mkdir(dirname(path), { recursive: true })
  const draft = `${path}.${randomUUID()}`
  try {
    const file = await open(draft, 'wx', 0o600)
    try {
      await chmod(draft, 0o600) // whatever the umask says
      await file.writeFile(`${randomBytes(MIN_BYTES).toString('base64')}\n`)
      await file.sync()
    } finally {
      await file.close()
    }
    // Unlike a rename, a link never replaces: the loser of a race reads the winner's key.
    await link(draft, path).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error
    })
  } finally {
    await rm(draft, { force: true })
  }
  const key = await loadKey(path)
  if (key === undefined) throw new Error(`The key file ${path} was removed while it was being made`)
  return key
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}
