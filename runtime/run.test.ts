import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'

/** A real process whose `main` is the given body; every line of its stdout, and how it ended. */
const start = (t: TestContext, body: string, env: Record<string, string> = {}) => {
  const at = (file: string) => JSON.stringify(import.meta.resolve(file))
  const script = `const { run } = await import(${at('./run.ts')})
    const { readProcessConfig, PLATFORM_FIELDS: { POI_LOG_LEVEL, POI_DRAIN_MS, POI_HOST } } = await import(${at('./platform-config.ts')})
    await run('poi-test', env => readProcessConfig(env, { POI_LOG_LEVEL, POI_DRAIN_MS, POI_HOST }), async ({ config, logger, signal, stopped }) => { ${body} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { env, stdio: ['ignore', 'pipe', 'pipe'] })
  t.after(() => child.kill('SIGKILL'))
  const lines: string[] = []
  let errors = ''
  child.stderr.on('data', chunk => {
    errors += chunk
  })
  const output = createInterface(child.stdout)
  output.on('line', line => lines.push(line))
  const said = async (text: string): Promise<void> => {
    while (!lines.some(line => line.includes(text))) await once(output, 'line')
  }
  const ended = once(child, 'close').then(([code]) => ({ code, lines, errors }))
  return { child, said, ended }
}
const OPEN = `await using part = { [Symbol.asyncDispose]: async () => logger.info('part closed') }
  const alive = setInterval(() => {}, 1000)
  logger.info('open')
  await stopped
  logger.info({ aborted: signal.aborted }, 'asked to stop')`

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  test(`${signal} closes the parts in order and exits with 0, whatever handles are left`, async t => {
    const { child, said, ended } = start(t, OPEN)
    await said('open')
    child.kill(signal)
    const { code, lines } = await ended
    assert.equal(code, 0)
    assert.deepEqual(
      lines.map(line => JSON.parse(line).message),
      ['open', 'Shutting down', 'asked to stop', 'part closed', 'Ended'],
    )
  })
}

test('a second signal ends a process that hangs in its shutdown', async t => {
  const { child, said, ended } = start(t, `${OPEN}; await new Promise(() => {})`)
  await said('open')
  child.kill('SIGTERM')
  await said('asked to stop')
  child.kill('SIGTERM')
  const { code, lines } = await ended
  assert.equal(code, 1)
  assert.match(lines.join('\n'), /SIGTERM again: ending at once/)
})

test('the deadline ends a process that hangs in its shutdown', async t => {
  const { child, said, ended } = start(t, `${OPEN}; await new Promise(() => {})`, { POI_DRAIN_MS: '50ms' })
  await said('open')
  child.kill('SIGTERM')
  const { code, lines } = await ended
  assert.equal(code, 1)
  assert.match(lines.join('\n'), /The shutdown took longer than 50 ms/)
})

for (const [what, body] of [
  ['a throw of main', `throw new Error('broken')`],
  ['a rejection that nobody handled', `void Promise.reject(new Error('broken')); await stopped`],
  ['an exception that nobody caught', `setTimeout(() => { throw new Error('broken') }); await stopped`],
] as const) {
  test(`${what} is logged as fatal and exits with 1`, async t => {
    const { code, lines } = await start(t, body).ended
    assert.equal(code, 1)
    assert.equal(JSON.parse(lines.at(-1) ?? '')['log.level'], 'fatal')
    assert.match(lines.at(-1) ?? '', /broken/)
  })
}

test('a wrong configuration is told wholly on stderr and exits with 2 before anything is opened', async t => {
  const { code, lines, errors } = await start(t, OPEN, { POI_DRAIN_MS: 'soon', POI_LOG_LEVEL: 'loud', POI_HOSTS: 'x' }).ended
  assert.equal(code, 2)
  assert.deepEqual(lines, [])
  assert.match(errors, /3 faults:\n {2}POI_LOG_LEVEL: .*\n {2}POI_DRAIN_MS: .*\n {2}POI_HOSTS: .*did you mean POI_HOST\?/)
})
