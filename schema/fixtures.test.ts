import assert from 'node:assert/strict'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { decodeDeadLetter } from './dead-letter-codec.ts'
import { decodeProcessed, decodeSubmission } from './poi-codec.ts'

/**
 * Every record ever written stays readable: `fixtures/<version>/` holds bytes of each kind as that version of the platform or the
 * producers of its time wrote them, and beside them what they say. Fixtures are added, never changed. For a new one: put the bytes there
 * and run this with POI_FIXTURES=write, then read what it says of them.
 */
const FIXTURES = new URL('./fixtures/', import.meta.url)
const RECORD = /^(?<kind>[a-z]+)[\w-]*\.(?:bin|json)$/

const decoders: Readonly<Record<string, (bytes: Uint8Array) => unknown>> = {
  submission: bytes => decodeSubmission(bytes, { time: 77, key: null }),
  processed: decodeProcessed,
  progress: decodeProcessed,
  dead: decodeDeadLetter,
}

for (const version of readdirSync(FIXTURES)) {
  const folder = new URL(`${version}/`, FIXTURES)
  for (const file of readdirSync(folder).filter(name => !name.endsWith('.expected.json'))) {
    test(`${version}: ${file} says what it said then`, () => {
      const kind = RECORD.exec(file)?.groups?.['kind'] ?? ''
      const said = decoders[kind]?.(readFileSync(new URL(file, folder)))
      const expected = new URL(`${file}.expected.json`, folder)
      if (process.env['POI_FIXTURES'] === 'write') writeFileSync(expected, `${JSON.stringify(said, readable, 2)}\n`, { flag: 'wx' })
      assert.deepEqual(JSON.parse(JSON.stringify(said, readable)), JSON.parse(readFileSync(expected, 'utf8')))
    })
  }
}

/** Bytes as text where they are text. */
function readable(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || !('type' in value) || value.type !== 'Buffer') return value
  return 'data' in value && Array.isArray(value.data) ? Buffer.from(value.data).toString('utf8') : value
}
