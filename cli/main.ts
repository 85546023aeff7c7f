/**
 * The `poi` command: a GraphQL client of a running platform. This file knows the process (arguments, signals, streams, exit code);
 * `run-poi.ts` the commands.
 */
import { runPoi } from './run-poi.ts'

const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    // The second time, or when nothing listens: at once.
    if (interrupt.signal.aborted) process.exit(130)
    interrupt.abort()
  })
// `poi tail | head`: whoever reads has had enough.
process.stdout.on('error', error => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0)
  throw error
})

const { stdin, stdout, stderr, env } = process
process.exitCode = await runPoi(process.argv.slice(2), { stdin, stdout, stderr, env }, interrupt.signal)
// A pipe that nobody reads to its end would keep the process.
stdin.destroy()
