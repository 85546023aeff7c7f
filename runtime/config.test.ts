import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConfigError, describeFields, readConfig } from './config.ts'
import { boolean, bytes, duration, engine, host, integer, key, oneOf, optional, path, port, secret, text } from './config-fields.ts'
import { PLATFORM_FIELDS, readProcessConfig, refusalToListen } from './platform-config.ts'

const faultsOf = (read: () => unknown): readonly string[] => {
  try {
    read()
  } catch (error) {
    assert.ok(error instanceof ConfigError)
    return error.faults
  }
  return []
}

test('unset and blank variables take their defaults', () => {
  const fields = { POI_PORT: port(4_000, 'the port'), POI_NAME: text('poi', 'the name'), POI_TOKEN: secret('the token') }
  assert.deepEqual(readConfig({ POI_PORT: ' ', PATH: '/bin' }, fields), { POI_PORT: 4_000, POI_NAME: 'poi', POI_TOKEN: undefined })
})

test('each kind reads its forms', () => {
  const fields = {
    POI_HOST: host('127.0.0.1', ''),
    POI_DIR: path('.', ''),
    POI_COUNT: integer(1, { min: -5, max: 5 }, ''),
    POI_WAIT: duration('1s', ''),
    POI_SIZE: bytes('1KiB', ''),
    POI_FLAG: boolean(false, ''),
    POI_LEVEL: oneOf(['info', 'warn'], 'info', ''),
    POI_LOG: engine(['sqlite', 'kafka'], 'sqlite:', ''),
    POI_KEY: key(''),
    POI_MAYBE: optional(integer(1, { min: 0, max: 9 }, '')),
  }
  const env = {
    POI_HOST: '::1',
    POI_DIR: '/tmp/x',
    POI_COUNT: '-5',
    POI_WAIT: '1.5m',
    POI_SIZE: '16MiB',
    POI_FLAG: 'Yes',
    POI_LEVEL: 'WARN',
    POI_LOG: 'kafka://a:1,b:2',
    POI_KEY: 'ab'.repeat(32),
  }
  assert.deepEqual(readConfig(env, fields), {
    POI_HOST: '::1',
    POI_DIR: '/tmp/x',
    POI_COUNT: -5,
    POI_WAIT: 90_000,
    POI_SIZE: 16 * 1_048_576,
    POI_FLAG: true,
    POI_LEVEL: 'warn',
    POI_LOG: 'kafka://a:1,b:2',
    POI_KEY: new Uint8Array(32).fill(0xab),
    POI_MAYBE: undefined,
  })
})

test('every fault is told at once, with what was wanted and what came, and never the text of a secret', () => {
  const fields = { ...PLATFORM_FIELDS, POI_FLAG: boolean(true, '') }
  const faults = faultsOf(() =>
    readConfig(
      {
        POI_PORT: '70000',
        POI_LOG: 'pulsar://x',
        POI_CURSOR_KEY: 'hunter2',
        POI_FLAG: 'maybe',
        POI_PARTITION: '3',
        POI_HOST: 'a b',
        POI_RETENTION: 'long',
      },
      fields,
    ),
  )
  assert.deepEqual(faults, [
    'POI_HOST: wanted a host name or an IP address, without a port; got "a b"',
    'POI_PORT: wanted a TCP port, 0 to 65535; got "70000"',
    'POI_LOG: wanted the URL of an engine; this build has sqlite:; got "pulsar://x"',
    'POI_CURSOR_KEY: wanted a key of at least 32 bytes, as hex or base64; got 7 characters that are not shown',
    'POI_RETENTION: wanted a duration such as 250ms, 10s, 5m, 12h or 7d (a bare number is ms); got "long"',
    'POI_FLAG: wanted true or false; got "maybe"',
    'POI_PARTITION: there is no such variable; did you mean POI_PARTITIONS?',
  ])
})

test('numbers are whole and decimal: no hex, no exponent, no empty digits', () => {
  const fields = { POI_COUNT: integer(1, { min: 0, max: 100_000 }, '') }
  for (const wrong of ['1e3', '0x10', '1.5', '--1', 'NaN', '9'.repeat(40)]) {
    assert.equal(faultsOf(() => readConfig({ POI_COUNT: wrong }, fields)).length, 1, wrong)
  }
})

test('a process lets the variables of the others through, but no typo of its own', () => {
  const { POI_PORT } = PLATFORM_FIELDS
  const own = { POI_PORT, POI_INGEST_BATCH: integer(1, { min: 1, max: 9 }, '') }
  assert.deepEqual(readProcessConfig({ POI_RECORDS: 'sqlite:', POI_STORE_CACHE: '5', POI_TEST_SEED: '7', POI_INGEST_BATCH: '2' }, own), {
    POI_PORT: 4_000,
    POI_INGEST_BATCH: 2,
  })
  assert.deepEqual(
    faultsOf(() => readProcessConfig({ POI_INGEST_BATHC: '2' }, own)),
    ['POI_INGEST_BATHC: there is no such variable; did you mean POI_INGEST_BATCH?'],
  )
})

test('a process refuses to listen where others could reach it, and says why', () => {
  const { POI_HOST } = PLATFORM_FIELDS
  for (const loopback of ['127.0.0.1', '127.8.8.8', 'localhost', '::1']) assert.equal(refusalToListen(loopback), undefined)
  for (const open of ['0.0.0.0', '::', '192.168.1.5', 'example.org', 'localhost.example.org', '127.0.0.1.example.org']) {
    assert.match(
      faultsOf(() => readProcessConfig({ POI_HOST: open }, { POI_HOST })).join(),
      /POI_HOST: wanted a loopback address .* No authentication/,
    )
  }
})

test('the declaration prints as a table', () => {
  assert.deepEqual(describeFields({ POI_WAIT: duration('2s', 'How long.'), POI_TOKEN: secret('Who.') }), [
    {
      name: 'POI_WAIT',
      fallback: '2s',
      form: 'a duration such as 250ms, 10s, 5m, 12h or 7d (a bare number is ms)',
      description: 'How long.',
    },
    { name: 'POI_TOKEN', fallback: '', form: 'a secret text', description: 'Who.' },
  ])
})

test('every default of the platform is of its own form', () => {
  assert.deepEqual(
    faultsOf(() => readConfig({}, PLATFORM_FIELDS)),
    [],
  )
})
