/** What `store.db` says, without how it came to say it: two files with one digest answer every query alike. */
import { createHash } from 'node:crypto'
import { openStoreReader } from './tables.sqlite.ts'

/** Rows without the numbers that the file gives to POIs and records, in an order of their own. */
const CONTENTS = [
  'SELECT p.id, p.revision, p.listed, p.name, c.name, p.source, p.status, p.latitude, p.longitude, p.updated, h.event_time, h.event_id FROM poi p LEFT JOIN category c ON c.k = p.category LEFT JOIN history h ON h.h = p.state ORDER BY p.id',
  'SELECT p.id, h.event_time, h.event_id, h.revision, h.record FROM history h JOIN poi p ON p.n = h.n ORDER BY 1, 2, 3',
  'SELECT p.id, r.west, r.east, r.south, r.north FROM place r JOIN poi p ON p.n = r.n ORDER BY p.id',
  'SELECT p.id, w.col, w.term FROM temp.words w JOIN poi p ON p.n = w.doc ORDER BY 1, 2, 3',
  'SELECT name FROM category WHERE k IN (SELECT category FROM poi) ORDER BY name',
  'SELECT hash, bytes FROM image ORDER BY hash',
] as const

/** SHA-256, hex, of all tables but the progress, which tells of the deliveries and not of the content. Reads everything: for tests and for comparing copies. */
export function digestOf(path: string): string {
  const db = openStoreReader(path, 8_192)
  try {
    db.exec('PRAGMA query_only = 0; CREATE VIRTUAL TABLE temp.words USING fts5vocab (main, word, instance); BEGIN')
    const hash = createHash('sha256')
    for (const sql of CONTENTS) {
      hash.update(`\n${sql}\n`)
      const rows = db.prepare(sql)
      rows.setReturnArrays(true)
      for (const row of rows.iterate() as Iterable<unknown>) hash.update(textOf(row))
    }
    return hash.digest('hex')
  } finally {
    db.close()
  }
}

const textOf = (row: unknown): string =>
  `${JSON.stringify(row, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value))}\n`
