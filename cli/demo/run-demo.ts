/** The demo as a newcomer sees it: real airports come in with a progress bar, then some of them keep changing. */
import { join } from 'node:path'
import { PlatformError } from '../endpoint.ts'
import { CommandError } from '../exit-code.ts'
import { type ImportProgress, progressDisplay } from '../import/progress.ts'
import { DEMO_ATTRIBUTION, type DemoImportOptions, importDemo, isDemoDue } from './import-demo.ts'
import { runLiveDemo } from './live-demo.ts'

export interface DemoOptions {
  /** the platform's GraphQL endpoint */
  readonly url: string
  /** where an interrupted import is remembered */
  readonly dataDir: string
  /** ends it quietly; an interrupted import goes on at the next start */
  readonly signal: AbortSignal
}

/**
 * Fills an empty platform through its public mutations, then keeps a modest live stream going until the signal aborts. A data directory
 * with other content is left alone. A demo that fails says so and leaves the platform serving.
 */
export async function runDemo({ url, dataDir, signal }: DemoOptions): Promise<void> {
  const statePath = join(dataDir, 'demo-import.json')
  try {
    if (await isDemoDue({ url, statePath, signal })) await importVisibly({ url, statePath, signal })
    await runLiveDemo({ url, signal })
  } catch (error) {
    if (signal.aborted) return
    if (!(error instanceof PlatformError || error instanceof CommandError)) throw error
    console.error(`The demo stopped: ${error.message} The platform goes on; the next start tries again.`)
  }
}

async function importVisibly(options: Pick<DemoImportOptions, 'url' | 'statePath' | 'signal'>): Promise<void> {
  console.log(`\nImporting the demo (npm start -- --no-demo leaves it out). ${DEMO_ATTRIBUTION}`)
  const begun = performance.now()
  const { accepted, refused } = await withDisplay(onProgress => importDemo({ ...options, onProgress }))
  const seconds = ((performance.now() - begun) / 1_000).toFixed(1)
  const told = refused === 0 ? '' : `, ${refused.toLocaleString('en')} refused`
  console.log(`${accepted.toLocaleString('en')} airports accepted in ${seconds} s${told}. Some of them now change each second.`)
}

/** The bar is gone from the line before anything else is written. */
async function withDisplay<T>(work: (onProgress: (progress: ImportProgress) => void) => Promise<T>): Promise<T> {
  using display = progressDisplay(process.stderr, 'airports', true)
  return await work(progress => display.update(progress))
}
