/**
 * `npm test`: everything that can be checked, in the order in which it is cheapest to learn that something is wrong.
 * Stops at the first step that fails. `npm test -- e2e/resume.test.ts ...` runs only those test files, without the static steps.
 */
import { spawnSync } from 'node:child_process'
import { globSync } from 'node:fs'

interface Step {
  readonly name: string
  readonly command: string
  readonly args: readonly string[]
}

const only = process.argv.slice(2)
const unit = globSync('{schema,log,runtime,gateway,subgraphs,cli,scripts}/**/*.test.ts').sort()
const e2e = globSync('e2e/*.test.ts').sort()

const nodeTest = (files: readonly string[], concurrency: number): Step['args'] => [
  '--test',
  '--test-reporter=spec',
  `--test-concurrency=${concurrency}`,
  ...files,
]

const steps: readonly Step[] =
  only.length > 0
    ? [{ name: 'tests named', command: 'node', args: nodeTest(only, 1) }]
    : [
        { name: 'format, lint, import directions, cycles', command: 'biome', args: ['ci', '--error-on-warnings', '.'] },
        { name: 'types', command: 'tsc', args: ['--noEmit'] },
        { name: 'dead code', command: 'knip', args: ['--no-progress', '--treat-config-hints-as-errors'] },
        {
          name: 'generated resolver types are fresh',
          command: 'graphql-codegen',
          args: ['--config', 'codegen.yml', '--check', '--silent'],
        },
        { name: 'unit and contract tests', command: 'node', args: nodeTest(unit, 2) },
        // One at a time: each starts whole platforms, and several at once on a small machine only wait for each other.
        { name: 'end-to-end tests', command: 'node', args: nodeTest(e2e, 1) },
      ]

for (const { name, command, args } of steps) {
  const begun = performance.now()
  console.log(`\n── ${name}`)
  const { status, error } = spawnSync(command, args, { stdio: 'inherit' })
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
  if (status !== 0) {
    console.error(`\n✖ ${name} failed after ${seconds} s${error ? `: ${error.message}` : ''}`)
    process.exit(1)
  }
  console.log(`✔ ${name} (${seconds} s)`)
}
console.log('\nReal-engine suites: this version has the embedded engines only, so there were none to run.')
