import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteProjection } from './projection.sqlite.ts'
import { Readers } from './readers.sqlite.ts'
import { recordsContract } from './records.contract.ts'
import { openSqliteRecords } from './records.sqlite.ts'

recordsContract('SQLite', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-records-'))
  const path = join(directory, 'store.db')
  const projection = openSqliteProjection(path)
  const readers = new Readers(path)
  return {
    projection,
    records: openSqliteRecords(readers),
    async [Symbol.asyncDispose]() {
      await readers[Symbol.asyncDispose]()
      await projection[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    },
  }
})
