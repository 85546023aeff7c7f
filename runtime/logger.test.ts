import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createLogger, lineSinkOf } from './logger.ts'

const recording = () => {
  const lines: string[] = []
  return { lines, destination: { write: (line: string) => void lines.push(line) } }
}
const only = (lines: readonly string[]): Record<string, unknown> => {
  assert.equal(lines.length, 1)
  return JSON.parse(lines[0] ?? '')
}

test('a line is ECS JSON', () => {
  const { lines, destination } = recording()
  createLogger({ service: 'poi-test', destination }).info({ partition: 3 }, 'Ready')
  const line = only(lines)
  assert.equal(line['service.name'] ?? (line['service'] as { name: string }).name, 'poi-test')
  assert.equal(line['log.level'], 'info')
  assert.equal(line['message'], 'Ready')
  assert.equal(line['partition'], 3)
  assert.match(String(line['@timestamp']), /^\d{4}-\d\d-\d\dT/)
})

test('newlines and control characters in values do not start a line of their own', () => {
  const { lines, destination } = recording()
  createLogger({ service: 'poi-test', destination }).warn({ id: 'a\n{"log.level":"fatal"}\r\u0000\u001b[31m' }, 'Refused \n again')
  assert.equal(lines.length, 1)
  assert.equal(lines[0]?.trimEnd().split('\n').length, 1)
  assert.equal(only(lines)['id'], 'a\n{"log.level":"fatal"}\r\u0000\u001b[31m')
})

test('secrets are not written', () => {
  const { lines, destination } = recording()
  createLogger({ service: 'poi-test', destination }).info({ token: 'hunter2', headers: { authorization: 'Bearer hunter2' } }, 'Request')
  assert.ok(!lines.join('').includes('hunter2'))
})

test('an error is written with the causes that clients never see', () => {
  const { lines, destination } = recording()
  const err = new Error('The log cannot be reached', { cause: new Error('connect ECONNREFUSED 10.0.0.1:9092') })
  createLogger({ service: 'poi-test', destination }).error({ err }, 'Append failed')
  assert.match(lines.join(''), /Caused by: Error: connect ECONNREFUSED 10\.0\.0\.1:9092/)
})

test('below the level nothing is written, and the sink of a logger takes whole lines', () => {
  const { lines, destination } = recording()
  const logger = createLogger({ service: 'poi-test', level: 'warn', destination })
  logger.info('no')
  lineSinkOf(logger.child({ a: 1 })).write('{"from":"thread"}\n')
  assert.deepEqual(lines, ['{"from":"thread"}\n'])
})
