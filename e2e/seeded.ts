/** Random numbers that a failing run can be repeated with: set POI_TEST_SEED to the seed it printed. */
export interface Seeded {
  readonly seed: number
  /** 0 <= x < 1 */
  next(): number
  /** whole, low <= x <= high */
  between(low: number, high: number): number
}

/** mulberry32, https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
export function seeded(seed = Number(process.env['POI_TEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31))): Seeded {
  let state = seed >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = state
    t = Math.imul(t ^ (t >>> 15), t | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  return { seed, next, between: (low, high) => low + Math.floor(next() * (high - low + 1)) }
}
