/** Starts the real platform as its users do, in a process of its own on a free port, and ends it by its id. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

export interface Platform extends AsyncDisposable {
  /** `http://127.0.0.1:PORT/graphql` */
  readonly url: string
  /** `ws://127.0.0.1:PORT/graphql` */
  readonly wsUrl: string
  readonly child: ChildProcess
  /** Sends the signal and waits until the process is gone; resolves with its exit code, null when the signal ended it. */
  stop(signal: NodeJS.Signals): Promise<number | null>
  /** Resident memory now, bytes. */
  memory(): Promise<number>
  /** What it printed so far. */
  output(): string
}

export interface PlatformOptions {
  readonly dataDir: string
  /** Command line of `main.ts`; `--no-demo` unless told. */
  readonly args?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** Another program than the embedded platform: one of the four processes. */
  readonly program?: string
}

/** Resolves once the process has printed its GraphQL address, which it does when it serves. */
export async function startPlatform({ dataDir, args = ['--no-demo'], env = {}, program = 'main.ts' }: PlatformOptions): Promise<Platform> {
  const child = spawn(process.execPath, [program, ...args], {
    cwd: join(import.meta.dirname, '..'),
    env: { ...process.env, POI_PORT: '0', POI_DATA_DIR: dataDir, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // The tests' own end must not leave a server behind, however it comes.
  const killAtExit = () => child.kill('SIGKILL')
  process.once('exit', killAtExit)
  const gone = once(child, 'exit').then(([code]) => code as number | null)
  let printed = ''
  const address = Promise.withResolvers<string>()
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', line => {
      printed = `${printed}${line}\n`.slice(-200_000)
      const found = /(http:\/\/[\d.]+:\d+\/graphql)/.exec(line)
      if (found?.[1] !== undefined) address.resolve(found[1])
    })
  }
  void gone.then(code => address.reject(new Error(`${program} ended with ${code} before it served:\n${printed}`)))
  const url = await address.promise

  const stop = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal)
    const code = await gone
    process.off('exit', killAtExit)
    return code
  }
  return {
    url,
    wsUrl: url.replace('http', 'ws'),
    child,
    stop,
    output: () => printed,
    memory: async () => {
      const status = await readFile(`/proc/${child.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024
    },
    [Symbol.asyncDispose]: async () => {
      await stop('SIGKILL')
    },
  }
}

/** A data directory of its own, gone with the test. */
export async function temporaryDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'poi-stream-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
