import { PoiError } from '#runtime/errors.ts'
import type { ProcessedPoi } from '#schema/poi.ts'
import { decodeProcessed } from '#schema/poi-codec.ts'
import type { Reader, Readers, Row } from './readers.sqlite.ts'
import type { HistoryKey, Records } from './records.ts'
import { wholeRecords } from './whole-records.ts'

const HISTORY = 'SELECT h.record FROM poi p JOIN history h ON h.n = p.n WHERE p.id = ?'
const NEWEST_FIRST = 'ORDER BY h.event_time DESC, h.revision DESC LIMIT ?'

/** Records in `store.db`. Closing leaves the readers to whoever opened them. */
export function openSqliteRecords(readers: Readers): Records {
  const read = <T>(work: (reader: Reader) => T): T => {
    try {
      return readers.now(work)
    } catch (cause) {
      if (cause instanceof PoiError) throw cause
      throw new PoiError('STORE_UNAVAILABLE', 'The record store cannot be read.', { cause })
    }
  }
  return wholeRecords({
    engine: 'sqlite',
    async latest(ids) {
      const sql = 'SELECT p.id, h.record FROM json_each(?) i JOIN poi p ON p.id = i.value JOIN history h ON h.h = p.state'
      const rows = read(reader => reader.all(sql, [JSON.stringify(ids)]))
      const byId = new Map(rows.map(row => [String(row['id']), poiOf(row)]))
      return ids.map(id => byId.get(id) ?? null)
    },
    async asOf(id, at) {
      const row = read(reader => reader.get(`${HISTORY} AND h.event_time <= ? ${NEWEST_FIRST}`, [id, at, 1]))
      return row === undefined ? null : poiOf(row)
    },
    async history(id, { first, after }) {
      return read(reader => historyRows(reader, id, first, after)).map(poiOf)
    },
    async image(hash) {
      const bytes = read(reader => reader.get('SELECT bytes FROM image WHERE hash = ?', [hash]))?.['bytes']
      return bytes instanceof Uint8Array ? bytes : null
    },
    async check() {
      read(reader => reader.get('SELECT 1 FROM progress LIMIT 1'))
    },
    async [Symbol.asyncDispose]() {},
  })
}

function historyRows(reader: Reader, id: string, first: number, after: HistoryKey | null): Row[] {
  if (after === null) return reader.all(`${HISTORY} ${NEWEST_FIRST}`, [id, first])
  const { eventTime, revision } = after
  const afterKey = 'AND h.event_time <= ? AND (h.event_time < ? OR h.revision < ?)'
  return reader.all(`${HISTORY} ${afterKey} ${NEWEST_FIRST}`, [id, eventTime, eventTime, revision, first])
}

/** @throws Error when the row holds no change: only the sink writes it */
export function poiOf(row: Row): ProcessedPoi {
  const record = row['record']
  if (!(record instanceof Uint8Array)) throw new Error('A row of the store without its record')
  const entry = decodeProcessed(record)
  if (entry.type !== 'change') throw new Error('A row of the store that holds no change')
  return entry.poi
}
