import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { composeServices } from '@theguild/federation-composition'
import { buildASTSchema, execute, parse, printSchema } from 'graphql'
import { openExecution } from './execution.ts'
import { supergraphOf } from './gateway.fixture.ts'
import { inProcessSubgraph } from './in-process-subgraph.ts'
import { DEFAULT_LIMITS } from './limits.ts'
import { mockedSubgraph, mockResolvers } from './mocked-subgraph.fixture.ts'
import { type Operation, readOperations } from './operations.ts'
import { randomOperation, seededRandom } from './random-operation.fixture.ts'
import { stitch } from './stitching.ts'
import { readSupergraph } from './supergraph.ts'

const REAL = ['ingest', 'pipeline', 'store'] as const

async function realSubgraphs() {
  const read = (name: string) => readFile(new URL(`../schema/${name}.graphql`, import.meta.url), 'utf8')
  const supergraph = readSupergraph(await read('supergraph'))
  const targets = new Map(
    await Promise.all(REAL.map(async name => [name, inProcessSubgraph(mockedSubgraph(name, await read(name)))] as const)),
  )
  const schema = stitch(supergraph, targets)
  const limits = { ...DEFAULT_LIMITS, aliases: 10_000, depth: 100, fields: 10_000 }
  const merged = mockResolvers(buildASTSchema(parse(printSchema(schema))))
  return {
    merged,
    operations: readOperations({ schema, supergraph, limits, introspection: true }),
    execution: openExecution(schema, targets),
  }
}

function planner(sdl: string) {
  const supergraph = readSupergraph(sdl)
  const nobody = new Map(
    supergraph.subgraphs.map(({ name }) => [name, inProcessSubgraph(mockedSubgraph(name, 'type Query { nothing: Int }'))]),
  )
  const operations = readOperations({ schema: stitch(supergraph, nobody), supergraph, limits: DEFAULT_LIMITS, introspection: true })
  return (text: string): Operation => {
    const document = operations.document(text)
    if (!document.ok) throw new AggregateError(document.errors, document.errors.map(String).join('\n'))
    const operation = operations.select(document.value, undefined)
    if (!operation.ok) throw new AggregateError(operation.errors)
    return operation.value
  }
}

test('an operation that one subgraph can answer is forwarded to it whole', () => {
  const plan = planner(supergraphOf())
  for (const [text, subgraph] of [
    ['{ newest }', 'news'],
    ['{ headline { id name __typename } }', 'news'],
    ['{ item(id: "1") { id name price related(first: 2) { name } } }', 'shop'],
    ['query Q { ...F } fragment F on Query { items(first: 1) { edges { node { ...G } } } } fragment G on Item { price }', 'shop'],
    ['mutation { publish(text: "x") }', 'news'],
    ['subscription { changes { cursor ... on Changed { item { id name } } } }', 'news'],
  ] as const) {
    assert.deepEqual(plan(text).plan, { by: 'subgraph', subgraph }, text)
  }
})

test('whatever needs two subgraphs is stitched; questions about the schema stay at the gateway', () => {
  const plan = planner(supergraphOf())
  assert.deepEqual(plan('{ newest item(id: "1") { id } }').plan, { by: 'stitching' })
  assert.deepEqual(plan('{ headline { price } }').plan, { by: 'stitching' })
  assert.deepEqual(plan('subscription { changes { ... on Changed { item { price } } } }').plan, { by: 'stitching' })
  assert.deepEqual(plan('{ __typename newest }').plan, { by: 'stitching' })
  assert.deepEqual(plan('{ __schema { queryType { name } } __typename }').plan, { by: 'gateway' })
})

test('a field that one subgraph has only with the help of another is not asked of it alone', () => {
  const link =
    'extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key", "@external", "@requires", "@override"])'
  const composed = composeServices([
    {
      name: 'a',
      url: '',
      typeDefs: parse(`${link}
        type Query { things: [Thing!]! }
        type Thing @key(fields: "id") { id: ID! weight: Int! colour: String }`),
    },
    {
      name: 'b',
      url: '',
      typeDefs: parse(`${link}
        type Query { others: [Thing!]! }
        type Thing @key(fields: "id") { id: ID! weight: Int! @external price: Int! @requires(fields: "weight") colour: String @override(from: "a") }`),
    },
  ])
  assert.ok(composed.errors === undefined)
  const plan = planner(composed.supergraphSdl)
  assert.deepEqual(plan('{ things { id weight } }').plan, { by: 'subgraph', subgraph: 'a' })
  assert.deepEqual(plan('{ others { id } }').plan, { by: 'subgraph', subgraph: 'b' })
  assert.deepEqual(plan('{ things { colour } }').plan, { by: 'stitching' })
  assert.deepEqual(plan('{ others { price } }').plan, { by: 'stitching' })
  assert.deepEqual(plan('{ others { weight } }').plan, { by: 'stitching' })
})

test('forwarded or stitched, random operations get the answer of one server that has everything', async t => {
  const { operations, execution, merged } = await realSubgraphs()
  const seed = Number(process.env['SEED'] ?? Math.floor(Math.random() * 2 ** 31))
  const random = seededRandom(seed)
  t.diagnostic(`SEED=${seed}`)
  let forwarded = 0
  let answered = 0
  for (let round = 0; round < 300; round += 1) {
    const text = randomOperation(operations.schema, random() < 0.8 ? 'query' : 'mutation', random)
    const document = operations.document(text)
    assert.ok(document.ok, document.ok ? '' : `${text}\n${document.errors.join('\n')}`)
    const selected = operations.select(document.value, undefined)
    assert.ok(selected.ok)
    const operation = selected.value
    const expected = await execute({ schema: merged, document: operation.document, contextValue: { correlationId: 'test' } })
    const stitched = await execution.execute({ ...operation, plan: { by: 'stitching' } }, {}, 'test')
    assert.deepEqual(plain(stitched), plain(expected), text)
    if (expected.errors === undefined) answered += 1
    if (operation.plan.by !== 'subgraph') continue
    forwarded += 1
    assert.deepEqual(plain(await execution.execute(operation, {}, 'test')), plain(expected), text)
  }
  t.diagnostic(`${forwarded} of 300 were forwarded; ${answered} answered without an error`)
  assert.ok(forwarded > 100 && answered > 200)
})

function plain(result: object): unknown {
  return JSON.parse(JSON.stringify(result))
}
