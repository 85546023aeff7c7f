// `prestart` and `pretest`: makes `npm start` and `npm test` work on a fresh clone. Plain JavaScript without imports from npm, because
// it runs under whatever Node the machine has (>= 20) before anything is installed; the scripts themselves then run under the pinned one.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const major = Number(process.versions.node.split('.')[0])
if (major < 20) {
  console.error(`poi-stream needs Node 20 or newer to install itself; this is Node ${process.versions.node}.`)
  process.exit(1)
}
const stamp = 'node_modules/.poi-stream-lock'
const wanted = createHash('sha256').update(readFileSync('package-lock.json')).digest('hex')
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
  console.error('Installing dependencies (once; again only when package-lock.json changes) ...')
  // Not `npm ci`: it refuses a lock file without the optional binaries of every other platform, and not every registry has all of them.
  // `--no-save` takes the locked versions just as well and leaves the lock file as it is.
  const args = ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, { stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) process.exit(status ?? 1)
  writeFileSync(stamp, wanted)
}
