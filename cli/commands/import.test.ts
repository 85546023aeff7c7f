import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { poi, startPoi } from '../console.fixture.ts'
import { startPlatform } from '../platform.fixture.ts'

async function temporary(t: TestContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'poi-import-'))
  t.after(() => rm(directory, { recursive: true }))
  return directory
}

async function csvOf(t: TestContext, rows: number): Promise<string> {
  const path = join(await temporary(t), 'pois.csv')
  const lines = Array.from({ length: rows }, (_, index) => `${index + 1},POI ${index + 1},x,1.5,2.5`)
  await writeFile(path, ['id,name,category,lat,lon', ...lines, ''].join('\n'))
  return path
}

test('a file is imported, and the summary tells how it went', async t => {
  await using platform = await startPlatform()
  const path = await csvOf(t, 2_500)
  const { exit, stdout, stderr } = await poi('import', path, '--url', platform.url, '--source', 'me')
  assert.equal(stderr, '')
  assert.match(stdout, /^2,500 accepted, 0 refused \([\d.]+ s, [\d,]+ rows\/s\)\.\n$/)
  assert.equal(exit, 0)
  assert.equal(platform.state.accepted.length, 2_500)
  assert.equal(platform.state.accepted[0]?.sourceId, 'me')
  assert.equal(existsSync(`${path}.poi-import.json`), false)
})

test('refused rows: exit 4, the first ones shown, all of them in the report', async t => {
  await using platform = await startPlatform()
  const path = join(await temporary(t), 'pois.csv')
  const lines = Array.from({ length: 30 }, (_, index) => `${index + 1},${index % 2 === 0 ? 'A' : ''},x,${index === 4 ? 95 : 1},2`)
  await writeFile(path, ['id,name,category,lat,lon', ...lines].join('\n'))
  const errors = `${path}.errors`
  const { exit, stdout, stderr } = await poi('import', path, '--url', platform.url, '--errors', errors)
  assert.equal(exit, 4)
  assert.match(stdout, /^14 accepted, 16 refused/)
  assert.match(stderr, /row 2 \(line 3\) 2: name: wanted a value, got none/)
  assert.match(stderr, /row 5 \(line 6\) 5: location\.latitude: .*95/)
  assert.match(stderr, /and 6 more\n/)
  const report = (await readFile(errors, 'utf8'))
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.equal(report.length, 16)
  assert.deepEqual(report[0], {
    row: 2,
    line: 3,
    id: '2',
    faults: [{ field: 'name', code: 'MISSING', message: 'wanted a value, got none; --map name=COLUMN names its column' }],
  })
})

test('a dry run judges every row as the platform does, and sends nothing', async t => {
  const path = join(await temporary(t), 'pois.ndjson')
  const rows = [
    { id: '1', name: 'A', category: 'x', lat: 1, lon: 2 },
    { id: '2', name: 'x'.repeat(513), category: 'x', lat: 91, lon: 2 },
    { id: '3' },
  ]
  await writeFile(path, rows.map(row => JSON.stringify(row)).join('\n'))
  const { exit, stdout } = await poi('import', path, '--dry-run', '--json', '--url', 'http://127.0.0.1:1/graphql')
  assert.equal(exit, 4)
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  assert.deepEqual(
    lines.map(({ type, row, faults }) => [
      type,
      row,
      faults?.map(({ field, code }: { field: string; code: string }) => `${field} ${code}`),
    ]),
    [
      ['refused', 2, ['name TOO_LONG', 'location.latitude OUT_OF_RANGE']],
      ['refused', 3, ['name MISSING', 'category MISSING', 'location.latitude MISSING', 'location.longitude MISSING']],
      ['summary', undefined, undefined],
    ],
  )
  assert.deepEqual(
    { ...lines[2], seconds: 0, rowsPerSecond: 0 },
    { type: 'summary', complete: true, dryRun: true, rows: 3, accepted: 1, refused: 2, seconds: 0, rowsPerSecond: 0 },
  )
})

test('standard input is read as it comes', async () => {
  await using platform = await startPlatform()
  const stdin = '{"id":"1","name":"A","category":"x","lat":1,"lon":2}\n{"id":"2","name":"B","category":"x","lat":1,"lon":2}\n'
  const { exit, stdout } = await startPoi(['import', '-', '--json', '--url', platform.url], { stdin }).outcome
  assert.equal(exit, 0)
  assert.equal(JSON.parse(stdout).accepted, 2)
})

test('wrong usage: exit 2 and nothing done', async t => {
  const path = await csvOf(t, 1)
  for (const [words, message] of [
    [['import'], /What is to be imported\?/],
    [['import', path, path], /One file at a time/],
    [['import', '--dataset', 'airprots'], /no data set "airprots".*\nDid you mean --dataset airports\?/s],
    [['import', path, '--dataset', 'airports'], /not both/],
    [['import', '--dataset', 'airports', '--source', 'me'], /--source means nothing with --dataset/],
    [['import', path, '--format', 'xml'], /--format wants one of/],
    [['import', path, '--concurrency', '0'], /--concurrency wants a whole number from 1 to 64/],
    [['import', path, '--timestamp', 'now'], /--timestamp wants an instant/],
    [['import', path, '--url', 'localhost:4000'], /wants a URL/],
  ] as const) {
    const { exit, stdout, stderr } = await poi(...words)
    assert.equal(exit, 2, words.join(' '))
    assert.match(stderr, message)
    assert.equal(stdout, '')
  }
})

test('a platform that is not there: exit 3 at once', async t => {
  const { exit, stderr } = await poi('import', await csvOf(t, 1), '--url', 'http://127.0.0.1:1/graphql')
  assert.equal(exit, 3)
  assert.match(stderr, /No answer from http:\/\/127\.0\.0\.1:1\/graphql.*\nIs the platform running\?/)
})

test('Ctrl-C: exit 130, and --resume goes on with the same time for rows without one', async t => {
  await using platform = await startPlatform()
  const path = await csvOf(t, 10_000)
  const running = startPoi(['import', path, '--concurrency', '1', '--url', platform.url])
  await platform.acceptedAtLeast(3_000)
  running.interrupt()
  const { exit, stdout, stderr } = await running.outcome
  assert.equal(exit, 130)
  assert.match(stdout, /^Stopped: /)
  assert.match(stderr, /To go on: the same command with --resume/)
  const before = platform.batches.flat().length
  const again = await poi('import', path, '--resume', '--concurrency', '1', '--url', platform.url)
  assert.match(again.stderr, /Going on behind row [\d,]+\./)
  assert.match(again.stdout, /^10,000 accepted, 0 refused/)
  assert.equal(again.exit, 0)
  assert.ok(platform.batches.flat().length - before < 10_000)
  assert.equal(new Set(platform.batches.flat()).size, 10_000)
  assert.equal(new Set(platform.state.accepted.map(({ timestamp }) => timestamp)).size, 1)
  assert.equal((await poi('import', path, '--resume', '--url', platform.url)).exit, 2)
})

test('another import is not resumed: another file, mapping or platform is wrong usage', async t => {
  await using platform = await startPlatform()
  const path = await csvOf(t, 10_000)
  const running = startPoi(['import', path, '--concurrency', '1', '--url', platform.url])
  await platform.acceptedAtLeast(2_000)
  running.interrupt()
  await running.outcome
  const mapped = await poi('import', path, '--resume', '--source', 'me', '--url', platform.url)
  assert.equal(mapped.exit, 2)
  assert.match(mapped.stderr, /its mapping was/)
  await writeFile(path, 'id,name,category,lat,lon\n')
  const other = await poi('import', path, '--resume', '--url', platform.url)
  assert.equal(other.exit, 2)
  assert.match(other.stderr, /its source was/)
})

test('kill -9 in the middle: --resume sends what was not acknowledged, and nothing is missing', async t => {
  await using platform = await startPlatform()
  const path = await csvOf(t, 12_000)
  const words = [new URL('../main.ts', import.meta.url).pathname, 'import', path, '--concurrency', '2', '--url', platform.url]
  const child = spawn(process.execPath, words, { stdio: 'ignore' })
  await platform.acceptedAtLeast(4_000)
  child.kill('SIGKILL')
  await once(child, 'exit')
  const { exit, stdout } = await poi('import', path, '--resume', '--url', platform.url)
  assert.equal(exit, 0)
  assert.match(stdout, /^12,000 accepted, 0 refused/)
  assert.equal(new Set(platform.state.accepted.map(({ id }) => id)).size, 12_000)
})

test('the command as a process: exit codes, SIGINT, no colours without a terminal', async t => {
  await using platform = await startPlatform()
  const path = await csvOf(t, 50_000)
  const child = spawn(process.execPath, [new URL('../main.ts', import.meta.url).pathname, 'import', path], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, POI_URL: platform.url },
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', chunk => {
      output += chunk
    })
  await platform.acceptedAtLeast(2_000)
  child.kill('SIGINT')
  const [code] = await once(child, 'close')
  assert.equal(code, 130)
  assert.match(output, /Stopped: [\d,]+ accepted/)
  assert.ok(!output.includes('\u001b'))
})
