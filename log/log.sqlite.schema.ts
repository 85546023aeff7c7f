import { DatabaseSync } from 'node:sqlite'
import { LogError } from './log.ts'

/**
 * The file. A *lane* is one partition of one topic; the lanes of a topic have consecutive ids. Records lie packed in chunks (see
 * packed-records.ts): every chunk holds the consecutive offsets `base..next-1` of one lane, appended at one time. The chunk's row id is
 * lane and base in one integer, so the rows of a lane lie side by side, a seek is one b-tree descent, and no index is kept beside it.
 */
const VERSION = 1
const SCHEMA = `
  CREATE TABLE topic (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, partitions INTEGER NOT NULL, first_lane INTEGER NOT NULL,
    retention_ms INTEGER, retention_bytes INTEGER, compacted INTEGER NOT NULL
  ) STRICT;
  -- earliest: the first offset held; next: the offset of the next record; time: of the newest record; bytes: held;
  -- what lies before cleaned is compacted, to cleaned_bytes
  CREATE TABLE lane (
    id INTEGER PRIMARY KEY, earliest INTEGER NOT NULL, next INTEGER NOT NULL, time INTEGER NOT NULL, bytes INTEGER NOT NULL,
    cleaned INTEGER NOT NULL, cleaned_bytes INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE chunk (id INTEGER PRIMARY KEY, next INTEGER NOT NULL, time INTEGER NOT NULL, block BLOB NOT NULL) STRICT;
  -- who owns a partition for a group; every claim raises the epoch, which fences whoever came before
  CREATE TABLE owner (
    id INTEGER PRIMARY KEY, consumer_group TEXT NOT NULL, partition INTEGER NOT NULL, epoch INTEGER NOT NULL,
    UNIQUE (consumer_group, partition)
  ) STRICT;
  CREATE TABLE position (owner INTEGER NOT NULL, lane INTEGER NOT NULL, next INTEGER NOT NULL, PRIMARY KEY (owner, lane)) STRICT, WITHOUT ROWID;
  CREATE TABLE state (owner INTEGER NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (owner, key)) STRICT, WITHOUT ROWID;
`

const OFFSETS_PER_LANE = 2 ** 40
/** 2^13 lanes of 2^40 offsets fill the safe integers. */
export const MAX_LANES = 2 ** 13 - 1

export const chunkId = (lane: number, offset: number): number => lane * OFFSETS_PER_LANE + offset
export const baseOf = (chunk: number): number => chunk % OFFSETS_PER_LANE
/** Greater than every chunk id of the lane. */
export const endOfLane = (lane: number): number => (lane + 1) * OFFSETS_PER_LANE

/** Opens the file for its writer, and makes it when it is new. @throws LogError UNAVAILABLE */
export const openForWriting = (path: string, { maxFileBytes }: { maxFileBytes: number | undefined }): DatabaseSync => {
  const db = new DatabaseSync(path, { timeout: 5_000 })
  try {
    // Every commit is in the file before anyone is told of it. Checkpoints copy 8 MiB at a time: rare enough to be cheap, short enough not to stall.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 2000; PRAGMA cache_size = -8192')
    db.exec('BEGIN IMMEDIATE')
    const version = db.prepare('PRAGMA user_version').get()?.['user_version']
    if (version === 0) db.exec(`${SCHEMA}; PRAGMA user_version = ${VERSION}`)
    else if (version !== VERSION) {
      throw new LogError('UNAVAILABLE', `The log file has layout ${version}; this version reads layout ${VERSION}.`)
    }
    db.exec('COMMIT')
    if (maxFileBytes !== undefined) {
      const pageBytes = Number(db.prepare('PRAGMA page_size').get()?.['page_size'])
      db.exec(`PRAGMA max_page_count = ${Math.max(1, Math.floor(maxFileBytes / pageBytes))}`)
    }
    // From here on the writer waits for other processes itself (log.sqlite.writer.ts): SQLite's own waiting is too coarse.
    db.exec('PRAGMA busy_timeout = 0')
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

export const openForReading = (path: string): DatabaseSync => {
  const db = new DatabaseSync(path, { timeout: 5_000 })
  db.exec('PRAGMA query_only = 1; PRAGMA cache_size = -4096')
  return db
}
