import { isAbsolute, join } from 'node:path'
import type { MessagePort } from 'node:worker_threads'
import { openSqliteLog, type SqliteLogOptions } from './log.sqlite.ts'
import type { Log } from './log.ts'

/** What an engine may be told beside its address; each takes what concerns it. */
export interface OpenLogOptions extends Omit<SqliteLogOptions, 'path'> {
  /** Where engines of this machine keep their files. */
  readonly dataDir: string
}

export interface OpenedLog extends Log {
  /** How one other thread of this process opens the same log: send it `address` with `transfer`, and call `openLog(...address)` there. */
  share(): { readonly address: readonly [url: string, options: OpenLogOptions]; readonly transfer: MessagePort[] }
}

/**
 * Opens the engine that the URL's scheme names: `sqlite:` is `log.db` in the data directory, `sqlite:<path>` another file.
 * @throws RangeError when no engine has this scheme; LogError UNAVAILABLE when the engine cannot be reached
 */
export const openLog = async (url: string, { dataDir, ...options }: OpenLogOptions): Promise<OpenedLog> => {
  const [, scheme, rest = ''] = /^([a-z]+):(.*)$/.exec(url) ?? []
  if (scheme !== 'sqlite') throw new RangeError(`No log engine for "${url}"; there is sqlite:`)
  const log = await openSqliteLog({ ...options, path: sqlitePath(rest, dataDir) })
  return {
    ...log,
    share() {
      const writer = log.connect()
      return { address: [url, { ...options, dataDir, writer }], transfer: [writer] }
    },
  }
}

/** Relative paths lie in the data directory. */
export const sqlitePath = (path: string, dataDir: string): string => {
  if (path === '') return join(dataDir, 'log.db')
  return isAbsolute(path) ? path : join(dataDir, path)
}
