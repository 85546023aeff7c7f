/**
 * Gathers what is to be written within one turn of the event loop: first every stream hands its events to its connections, then every
 * connection writes what it got, once.
 */
export interface Turn {
  /** Calls `hand` at the end of this turn, before any write. */
  hand(hand: () => void): void
  /** Calls `write` at the end of this turn. */
  write(write: () => void): void
  /** Resolves when this turn's writes are done. */
  over(): Promise<void>
}

export function createTurn(): Turn {
  let hands: (() => void)[] = []
  let writes: (() => void)[] = []
  let waiting: (() => void)[] = []
  let isScheduled = false
  const end = () => {
    isScheduled = false
    const handing = hands
    hands = []
    for (const hand of handing) hand()
    const writing = writes
    writes = []
    for (const write of writing) write()
    const over = waiting
    waiting = []
    for (const resolve of over) resolve()
  }
  const schedule = () => {
    if (isScheduled) return
    isScheduled = true
    setImmediate(end)
  }
  return {
    hand: hand => {
      hands.push(hand)
      schedule()
    },
    write: write => {
      writes.push(write)
      schedule()
    },
    over: () =>
      new Promise(resolve => {
        waiting.push(resolve)
        schedule()
      }),
  }
}
