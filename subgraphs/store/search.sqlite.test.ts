import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteProjection } from './projection.sqlite.ts'
import { Readers } from './readers.sqlite.ts'
import { type SearchFixture, searchContract } from './search.contract.ts'
import { openSqliteSearch, type SqliteSearchLimits } from './search.sqlite.ts'

const openFixture = (limits: SqliteSearchLimits) => async (): Promise<SearchFixture> => {
  const directory = await mkdtemp(join(tmpdir(), 'poi-search-'))
  const path = join(directory, 'store.db')
  const projection = openSqliteProjection(path)
  const readers = new Readers(path)
  return {
    projection,
    search: openSqliteSearch(readers, limits),
    async [Symbol.asyncDispose]() {
      await readers[Symbol.asyncDispose]()
      await projection[Symbol.asyncDispose]()
      await rm(directory, { recursive: true })
    },
  }
}

searchContract('SQLite, by the index that finds the fewest', openFixture({}))
searchContract('SQLite, walking along the order', openFixture({ fewRows: 0 }))
searchContract('SQLite, gathering from the whole table', openFixture({ fewRows: 0, stride: 1 }))
