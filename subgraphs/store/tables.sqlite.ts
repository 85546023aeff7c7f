/**
 * `store.db`: the tables behind records and search, in one file, so that a batch of changes and its progress commit together.
 *
 *     poi       one row per POI known, narrow on purpose: what filters and orders look at, and where its latest record lies in `history`.
 *               `listed` = 1: it has a latest state and is not removed; only then it is in the indexes, in `place` and in `word`.
 *               `revision` = 0: only late records came so far, so there is no latest state yet.
 *     history   every record of every POI, as it lies in the processed log but without its picture
 *     place     R*Tree over the location; 32-bit floats rounded outward, so it yields candidates and `poi` decides
 *     word      FTS5 over the folded words. The tokenizer splits ASCII at blanks and nowhere else, since folded words are letters and digits.
 *     category  each category ever seen; a category filter is resolved to its numbers first
 *     image     pictures by content
 *     progress  how far each partition is applied
 */
import { chmodSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

const SCHEMA_VERSION = 1

const TABLES = `
CREATE TABLE poi (
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  revision INTEGER NOT NULL,
  listed INTEGER NOT NULL,
  state INTEGER,
  name TEXT,
  category INTEGER,
  source TEXT,
  status TEXT,
  latitude REAL,
  longitude REAL,
  updated INTEGER
) STRICT;
CREATE INDEX poi_name ON poi (name, id) WHERE listed = 1;
CREATE INDEX poi_updated ON poi (updated) WHERE listed = 1;
CREATE INDEX poi_category ON poi (category) WHERE listed = 1;
CREATE INDEX poi_source ON poi (source) WHERE listed = 1;
CREATE INDEX poi_status ON poi (status) WHERE listed = 1;
CREATE TABLE history (
  h INTEGER PRIMARY KEY,
  n INTEGER NOT NULL,
  event_time INTEGER NOT NULL,
  event_id TEXT NOT NULL,
  revision INTEGER NOT NULL,
  record BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX history_key ON history (n, event_time, event_id);
CREATE VIRTUAL TABLE place USING rtree (n, west, east, south, north);
CREATE VIRTUAL TABLE word USING fts5 (name, category, description, content = '', contentless_delete = 1, detail = column, tokenize = 'ascii');
CREATE TABLE category (k INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;
CREATE TABLE image (hash TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
CREATE TABLE progress (partition INTEGER PRIMARY KEY, next INTEGER NOT NULL, source INTEGER NOT NULL) STRICT;
`

export function storePath(dataDir: string): string {
  return join(dataDir, 'store.db')
}

/**
 * Opens the one writer's connection, making the file (mode 0600) and its tables when they are missing.
 * @throws Error when the file was written by a later version
 */
export function openStoreWriter(path: string): DatabaseSync {
  mkdirSync(join(path, '..'), { recursive: true })
  const db = new DatabaseSync(path)
  try {
    // Pages of 8 KiB: records of 300-1,000 bytes fill them well, and a commit writes fewer of them to the write-ahead log.
    db.exec('PRAGMA page_size = 8192; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000')
    // KiB; the upper levels of every index stay in memory.
    db.exec('PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY')
    // 32 MiB: indexes of ids, names and places are written at random pages; the longer between two checkpoints, the oftener a page is written once for several commits.
    db.exec('PRAGMA wal_autocheckpoint = 4000; PRAGMA journal_size_limit = 67108864')
    const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version'] ?? 0)
    if (version > SCHEMA_VERSION)
      throw new Error(`${path} was written by a later version of this platform (tables ${version}, this one knows ${SCHEMA_VERSION})`)
    if (version === 0) db.exec(`BEGIN IMMEDIATE; ${TABLES} PRAGMA user_version = ${SCHEMA_VERSION}; COMMIT`)
    chmodSync(path, 0o600)
    return db
  } catch (error) {
    db.close()
    throw error
  }
}

/** Opens a connection that only reads; the file must exist. It never waits for the writer: it sees the last commit. */
export function openStoreReader(path: string, cacheKib: number): DatabaseSync {
  const db = new DatabaseSync(path, { readOnly: true })
  db.exec(`PRAGMA cache_size = -${cacheKib}; PRAGMA temp_store = MEMORY; PRAGMA query_only = 1; PRAGMA busy_timeout = 2000`)
  return db
}
