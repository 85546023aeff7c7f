import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { composeSupergraph, SUPERGRAPH } from './compose.ts'

test('the checked-in supergraph is the one that the subgraphs compose to (else: npm run generate)', async () => {
  assert.equal(await readFile(SUPERGRAPH, 'utf8'), await composeSupergraph())
})
