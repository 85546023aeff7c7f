/** One process per role and data directory, however the one before it ended. */
import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartFailure } from './start-failure.ts'

/** Another process has the role in this directory. */
export class DirectoryInUse extends StartFailure {
  override readonly name = 'DirectoryInUse'
}

/**
 * Takes `role` in the data directory until it is disposed or the process ends. The lock is an open exclusive transaction on the small file
 * `<role>.lock`, so the operating system lets go of it even after `kill -9`; nothing stale is ever left to clean up.
 *
 * @throws DirectoryInUse
 */
export function lockDirectory(dataDir: string, role: string): Disposable {
  mkdirSync(dataDir, { recursive: true })
  const file = new DatabaseSync(join(dataDir, `${role}.lock`), { timeout: 0 })
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (cause) {
    file.close()
    if (!isBusy(cause)) throw cause
    throw new DirectoryInUse(
      `Another process is already the ${role} of the data directory ${resolve(dataDir)}. Stop it, or choose another directory with POI_DATA_DIR.`,
      { cause },
    )
  }
  return {
    [Symbol.dispose]() {
      if (file.isOpen) file.close()
    },
  }
}

/** SQLITE_BUSY or SQLITE_LOCKED, also in their extended forms. */
function isBusy(error: unknown): boolean {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return false
  const primary = error.errcode & 0xff
  return primary === 5 || primary === 6
}
