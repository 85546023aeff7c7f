import { isAbsolute, join } from 'node:path'
import { openSqliteLog, type SqliteLogOptions } from './log.sqlite.ts'
import type { Log } from './log.ts'

/** What an engine may be told beside its address; each takes what concerns it. */
export interface OpenLogOptions extends Omit<SqliteLogOptions, 'path'> {
  /** Where engines of this machine keep their files. */
  readonly dataDir: string
}

/**
 * Opens the engine that the URL's scheme names: `sqlite:` is `log.db` in the data directory, `sqlite:<path>` another file.
 * @throws RangeError when no engine has this scheme; LogError UNAVAILABLE when the engine cannot be reached
 */
export const openLog = async (url: string, { dataDir, ...options }: OpenLogOptions): Promise<Log> => {
  const [, scheme, rest = ''] = /^([a-z]+):(.*)$/.exec(url) ?? []
  if (scheme !== 'sqlite') throw new RangeError(`No log engine for "${url}"; there is sqlite:`)
  return openSqliteLog({ ...options, path: sqlitePath(rest, dataDir) })
}

/** Relative paths lie in the data directory. */
export const sqlitePath = (path: string, dataDir: string): string => {
  if (path === '') return join(dataDir, 'log.db')
  return isAbsolute(path) ? path : join(dataDir, path)
}
