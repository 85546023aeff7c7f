import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type TestContext, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { CommandError } from '../exit-code.ts'
import { openBytes } from './bytes.ts'
import { delimiterOf, type Format, formatOf } from './format.ts'
import type { MappingOptions } from './mapping.ts'
import type { ImportRow, PoiInput, Refusal } from './row.ts'
import { readRows } from './rows.ts'

const TIME = Date.parse('2024-05-01T12:00:00Z') * 1_000
const MAPPING: MappingOptions = { map: new Map(), source: undefined, category: undefined, timestamp: TIME, idPrefix: '' }
const noStdin = Readable.from([])

interface Reading {
  readonly format?: Format
  readonly encoding?: string
  readonly mapping?: Partial<MappingOptions>
  /** bytes per chunk: a parser must not depend on where chunks end */
  readonly chunk?: number
}

async function read(content: string | Buffer, { format, encoding, mapping, chunk = 7 }: Reading = {}): Promise<ImportRow[]> {
  const bytes = Buffer.from(content)
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunk) }, (_, i) => bytes.subarray(i * chunk, (i + 1) * chunk))
  const source = await openBytes('-', { stdin: Readable.from(chunks), encoding, signal: AbortSignal.timeout(10_000) })
  return await Array.fromAsync(await readRows(source, format, { ...MAPPING, ...mapping }))
}

const inputsOf = (rows: readonly ImportRow[]): PoiInput[] => rows.flatMap(row => ('input' in row ? [row.input] : []))
const refusalsOf = (rows: readonly ImportRow[]): Refusal[] => rows.flatMap(row => ('input' in row ? [] : [row]))
const messagesOf = (rows: readonly ImportRow[]): string[] =>
  refusalsOf(rows).map(({ faults }) => faults.map(({ message }) => message).join('; '))

const CAFE: PoiInput = {
  id: 'a1',
  name: 'Café "Zur Sonne", Wien',
  category: 'amenity/cafe',
  location: { latitude: 48.2, longitude: 16.37 },
  timestamp: '2024-05-01T12:00:00.000Z',
}

test('CSV: quotes, doubled quotes, delimiters and line ends inside them, a byte order mark, CRLF', async () => {
  const csv = '\ufeffid,name,category,lat,lon,note\r\na1,"Café ""Zur Sonne"", Wien",amenity/cafe,48.2,16.37,"two\r\nlines"\r\n\r\n'
  for (const chunk of [1, 2, 3, 7, 4096]) assert.deepEqual(inputsOf(await read(csv, { chunk })), [{ ...CAFE, description: 'two\r\nlines' }])
})

test('CSV: the delimiter is told from the header, and a decimal comma is understood', async () => {
  assert.deepEqual(inputsOf(await read('id;name;category;lat;lon\na1;"Café ""Zur Sonne"", Wien";amenity/cafe;48,2;16,37\n')), [CAFE])
  assert.equal(delimiterOf(Buffer.from('"a,b,c";d;e\n1,2,3')), ';')
  assert.equal(delimiterOf(Buffer.from('a\tb\tc\n')), '\t')
  assert.equal(delimiterOf(Buffer.from('a|b\n')), '|')
  assert.equal(delimiterOf(Buffer.from('a\n')), ',')
})

test('CSV: a bad row is reported with its line, and the next ones are read', async () => {
  const rows = await read('id,name,category,lat,lon\n1,one,x,1,1\n2,two,x,1\n3,"three\nlines",x,1,1\n4,,x,abc,\n5,5" pipe,x,1,1\n')
  assert.deepEqual(
    inputsOf(rows).map(({ id, name }) => [id, name]),
    [
      ['1', 'one'],
      ['3', 'three\nlines'],
      ['5', '5" pipe'],
    ],
  )
  assert.deepEqual(
    refusalsOf(rows).map(({ row, line, id, faults }) => ({ row, line, id, codes: faults.map(({ field, code }) => `${field} ${code}`) })),
    [
      { row: 2, line: 3, id: null, codes: ['null BAD_FORMAT'] },
      { row: 4, line: 6, id: '4', codes: ['name MISSING', 'location.latitude NOT_A_NUMBER', 'location.longitude MISSING'] },
    ],
  )
  assert.match(messagesOf(rows)[0] ?? '', /wanted 5 columns as in the header, got 4/)
})

test('CSV: a header without what every POI needs is wrong usage, before anything is sent', async () => {
  const error = await read('code,title,lat,lon\n1,x,1,1\n').catch(error => error)
  assert.ok(error instanceof CommandError)
  assert.equal(error.exit, 2)
  assert.match(error.message, /no column for: id, category/)
  assert.match(error.hint ?? '', /--map id=COLUMN,category=COLUMN, or --category/)
})

test('CSV: a quote that is never closed ends the reading with the reason, in bounded memory', async () => {
  const open = `id,name,category,lat,lon\n1,one,x,1,1\n2,"open,x,1,1\n${'3,three,x,1,1\n'.repeat(10)}`
  await assert.rejects(read(open), { message: /at line \d+: a quote is opened and never closed/ })
  await assert.rejects(read(open + '4,four,x,1,1\n'.repeat(200_000), { chunk: 65_536 }), {
    message: /never closed, or a row is larger than 1 MiB/,
  })
  await assert.rejects(read(''), { message: /file is empty/ })
})

test('NDJSON: blank lines, a bad line, a line that is no object, no line end at the end, RFC 8142 separators', async () => {
  const line = JSON.stringify({ id: 'a1', name: CAFE.name, category: CAFE.category, lat: 48.2, lon: '16.37' })
  const rows = await read(`${line}\n\n{"id":\n[1]\n\u001e${line}\r\n${line}`, { format: 'ndjson' })
  assert.deepEqual(inputsOf(rows), [CAFE, CAFE, CAFE])
  assert.deepEqual(
    refusalsOf(rows).map(({ row, line }) => ({ row, line })),
    [
      { row: 2, line: 3 },
      { row: 3, line: 4 },
    ],
  )
})

test('NDJSON and JSON: a row over 1 MiB is reported, and the next ones are read', async () => {
  const huge = JSON.stringify({ ...CAFE, description: 'x'.repeat(1024 * 1024) })
  const small = JSON.stringify(CAFE)
  for (const [content, format] of [
    [`${small}\n${huge}\n${small}\n`, 'ndjson'],
    [`[${small},${huge},${small}]`, 'json'],
  ] as const) {
    const rows = await read(content, { format, chunk: 10_000 })
    assert.deepEqual(inputsOf(rows), [CAFE, CAFE])
    assert.deepEqual(
      refusalsOf(rows).map(({ row, faults }) => [row, faults[0]?.code]),
      [[2, 'TOO_LARGE']],
    )
  }
})

test('JSON: an array, an object that holds one, and a single object; brackets in strings mean nothing', async () => {
  const poi = { ...CAFE, name: 'a ]}[{ \\" "b" \\' }
  const json = JSON.stringify(poi)
  for (const chunk of [1, 3, 4096])
    for (const [content, count] of [
      [`[${json},\n ${json}]`, 2],
      [`{"meta":{"list":[{"not":"this"}]},"bbox":[1,2,3,4],"rows": [ ${json} , ${json} ],"more":[{"nor":"this"}], "n": "]"}`, 2],
      [json, 1],
      ['[]', 0],
      ['{"features": []}', 1],
      [`{"features": [], "rows": [${json}]}`, 1],
    ] as const) {
      const rows = await read(content, { chunk })
      assert.equal(rows.length, count, content)
      if (!content.startsWith('{"features": []}'))
        assert.deepEqual(
          inputsOf(rows),
          Array.from({ length: count }, () => poi),
        )
    }
})

test('JSON: an element that is no object, or no JSON, is reported; a document that is cut off ends the reading', async () => {
  const json = JSON.stringify(CAFE)
  const rows = await read(`[1, ${json}, {"a": tru}, [2], null, "x", ${json}]`)
  assert.deepEqual(inputsOf(rows), [CAFE, CAFE])
  assert.deepEqual(
    refusalsOf(rows).map(({ row }) => row),
    [1, 3, 4, 5, 6],
  )
  await assert.rejects(read(`[${json}, {"id`), { message: /cut off/ })
  await assert.rejects(read('"text"', { format: 'json' }), { message: /not JSON/ })
  await assert.rejects(read(`${json} {}`, { format: 'json' }), { message: /--format ndjson/ })
})

test('GeoJSON: points become POIs; other geometries are refused with what came', async () => {
  const feature = (id: unknown, geometry: unknown, properties: unknown) => ({ type: 'Feature', id, geometry, properties })
  const point = { type: 'Point', coordinates: [16.37, 48.2, 171] }
  const collection = {
    type: 'FeatureCollection',
    bbox: [1, 2, 3, 4],
    features: [
      feature('a1', point, { name: CAFE.name, category: 'amenity/cafe', type: 'node', 'name:de': 'Sonne', cuisine: 'cake' }),
      feature('b', { type: 'Polygon', coordinates: [[[1, 2]]] }, { name: 'area', category: 'x' }),
      feature(7, null, { name: 'nowhere', category: 'x' }),
      feature('d', { type: 'Point', coordinates: [] }, { name: 'empty', category: 'x' }),
    ],
  }
  const asDocument = await read(JSON.stringify(collection))
  const asLines = await read(collection.features.map(it => JSON.stringify(it)).join('\n'))
  for (const rows of [asDocument, asLines]) {
    assert.deepEqual(inputsOf(rows), [{ ...CAFE, names: { de: 'Sonne' }, attributes: { type: 'node', cuisine: 'cake' } }])
    assert.deepEqual(messagesOf(rows), [
      'wanted a Point, got a Polygon',
      'wanted a Point, got no geometry',
      'wanted a Point, got a Point without coordinates',
    ])
    assert.deepEqual(
      refusalsOf(rows).map(({ id }) => id),
      ['b', '7', 'd'],
    )
  }
})

test('text that is not UTF-8 is reported row by row, and read when its encoding is named', async () => {
  const latin1 = Buffer.from('id,name,category,lat,lon\n1,Caf\xe9,x,1,1\n2,Bar,x,1,1\n', 'latin1')
  const rows = await read(latin1)
  assert.deepEqual(
    inputsOf(rows).map(({ name }) => name),
    ['Bar'],
  )
  assert.match(messagesOf(rows)[0] ?? '', /wanted UTF-8 text.*--encoding windows-1252/)
  assert.deepEqual(
    inputsOf(await read(latin1, { encoding: 'windows-1252' })).map(({ name }) => name),
    ['Café', 'Bar'],
  )
  const utf16 = Buffer.from('\ufeffid,name,category,lat,lon\n1,Café,x,1,1\n', 'utf16le')
  assert.deepEqual(
    inputsOf(await read(utf16)).map(({ name }) => name),
    ['Café'],
  )
  const ndjson = Buffer.concat([Buffer.from('{"id":"1","name":"'), Buffer.from([0xff]), Buffer.from('","category":"x","lat":1,"lon":1}\n')])
  assert.match(messagesOf(await read(ndjson, { format: 'ndjson' }))[0] ?? '', /UTF-8/)
  const error = await read(utf16, { encoding: 'klingon' }).catch(error => error)
  assert.equal(error.exit, 2)
})

test('gzip is told by its first bytes; damaged or cut off, it says so', async () => {
  const packed = gzipSync('id,name,category,lat,lon\na1,"Café ""Zur Sonne"", Wien",amenity/cafe,48.2,16.37\n')
  assert.deepEqual(inputsOf(await read(packed)), [CAFE])
  await assert.rejects(read(packed.subarray(0, packed.length - 9)), { message: /gzip data ends too early/ })
})

test('formats are told by extension and content', () => {
  const head = (text: string) => Buffer.from(text)
  const line = '{"id":"1"}'
  assert.equal(formatOf('a.csv', head('{}')), 'csv')
  assert.equal(formatOf('a.TSV', head('')), 'csv')
  assert.equal(formatOf('a.jsonl', head('[')), 'ndjson')
  assert.equal(formatOf('a.geojson', head('{"type":"FeatureCollection","features":[\n{"type":"Feature"}\n]}')), 'json')
  assert.equal(formatOf('a.geojson', head(`${line}\n${line}`)), 'ndjson')
  assert.equal(formatOf('a.json', head(`\n [${line}]`)), 'json')
  assert.equal(formatOf('', head(`\u001e${line}\n\u001e${line}\n`)), 'ndjson')
  assert.equal(formatOf('', head(line)), 'json')
  assert.equal(formatOf('', head('id,name')), 'csv')
})

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'poi-rows-'))
  t.after(() => rm(directory, { recursive: true }))
  return directory
}

test('a file tells how much of it is read, and names what is wrong with it', async t => {
  const directory = await temporary(t)
  const path = join(directory, 'a.csv.gz')
  await writeFile(path, gzipSync('id,name,category,lat,lon\n1,x,y,1,1\n'))
  const signal = AbortSignal.timeout(10_000)
  const source = await openBytes(path, { stdin: noStdin, signal })
  assert.equal(source.name, 'a.csv')
  for await (const chunk of source.chunks) assert.ok(chunk.length > 0)
  assert.equal(source.fraction(), 1)
  await assert.rejects(openBytes(join(directory, 'none.csv'), { stdin: noStdin, signal }), { message: /there is no such file/ })
  await assert.rejects(openBytes(directory, { stdin: noStdin, signal }), { message: /is a directory/ })
})
