/** Where a process's time goes: CPU seconds per thread, from Linux's /proc; empty on other systems. */
import { readdirSync, readFileSync } from 'node:fs'

const TICKS_PER_SECOND = 100 // USER_HZ, fixed on Linux

export function threadSeconds(pid: number): ReadonlyMap<string, number> {
  const seconds = new Map<string, number>()
  try {
    for (const tid of readdirSync(`/proc/${pid}/task`)) {
      const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8')
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      // utime and stime are fields 14 and 15 of the line, 11 and 12 behind the name.
      const used = (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
      const label = Number(tid) === pid ? 'main' : name
      seconds.set(label, (seconds.get(label) ?? 0) + used)
    }
  } catch {
    // another system, or the process is gone: nothing to tell
  }
  return seconds
}
