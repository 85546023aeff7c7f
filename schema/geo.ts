/**
 * Exact geography: predicates that decide, and boxes that cover. An engine finds candidates by the boxes (which may hold too much, never
 * too little) and asks the predicate about each. Degrees are WGS 84, distances great-circle metres on a sphere.
 */
import type { Location } from './poi.ts'

/** m; the mean radius of the Earth (IUGG R1) */
export const EARTH_RADIUS = 6_371_008.8
const RADIANS = Math.PI / 180
// About a metre: more than rounding can amount to in the covers, even close to the antipode, where the haversine is least exact.
const MARGIN = 1e-5 // degrees

/** west > east crosses the antimeridian. */
export interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Great-circle metres (haversine). */
export function distanceMeters(a: Location, b: Location): number {
  const sinLat = Math.sin(((b.latitude - a.latitude) * RADIANS) / 2)
  const sinLon = Math.sin(((b.longitude - a.longitude) * RADIANS) / 2)
  const h = sinLat * sinLat + Math.cos(a.latitude * RADIANS) * Math.cos(b.latitude * RADIANS) * sinLon * sinLon
  return 2 * EARTH_RADIUS * Math.asin(Math.min(1, Math.sqrt(h)))
}

/** Edges are inside. The antimeridian is both -180 and 180: a box that has the one has the other. */
export function boxContains({ west, south, east, north }: Box, { latitude, longitude }: Location): boolean {
  if (latitude < south || latitude > north) return false
  if (west > east) return longitude >= west || longitude <= east
  if (longitude >= west && longitude <= east) return true
  return (west === -180 && longitude === 180) || (east === 180 && longitude === -180)
}

/** The same area as one or two boxes (west ≤ east) that hold it by comparing numbers alone: each meridian is one number, but the antimeridian. */
export function boxesOf(box: Box): Box[] {
  if (box.west > box.east)
    return [
      { ...box, east: 180 },
      { ...box, west: -180 },
    ]
  if (box.west === -180 && box.east < 180) return [box, { ...box, west: 180, east: 180 }]
  if (box.east === 180 && box.west > -180) return [box, { ...box, west: -180, east: -180 }]
  return [box]
}

/** One or two boxes (west ≤ east) that together hold every point within the radius of the centre. */
export function boxesAround(centre: Location, radiusMeters: number): Box[] {
  const angle = radiusMeters / EARTH_RADIUS
  const reach = angle / RADIANS + MARGIN
  const south = centre.latitude - reach
  const north = centre.latitude + reach
  // With a pole inside, every meridian is.
  if (south <= -90 || north >= 90) return [allAround(south, north)]
  const ratio = Math.sin(angle) / Math.cos(centre.latitude * RADIANS)
  if (ratio >= 1) return [allAround(south, north)]
  const sideways = Math.asin(ratio) / RADIANS + MARGIN / Math.cos(centre.latitude * RADIANS)
  return spanOf(centre.longitude - sideways, centre.longitude + sideways, south, north)
}

/**
 * Is the point inside the ring? The ring closes by itself; its edges are straight in latitude and longitude and take the shorter way around
 * the globe (half way round: eastward). Points on an edge are inside. A ring that goes all the way round the globe holds the pole of the
 * hemisphere in which most of it lies. Where a ring crosses itself the even-odd rule decides.
 */
export function polygonContains(ring: readonly Location[], at: Location): boolean {
  const outline = outlineOf(ring)
  if (at.latitude < outline.south || at.latitude > outline.north) return false
  let inside = false
  // The outline may go beyond ±180, and the point is there once more every 360°.
  for (let turn = Math.ceil((outline.west - at.longitude) / 360 - 0.5); ; turn++) {
    const x = at.longitude + 360 * turn
    if (x > outline.east) return inside
    const side = sideOf(outline, x, at.latitude)
    if (side === 'edge') return true
    if (side === 'inside') inside = !inside
  }
}

/** One or two boxes (west ≤ east) that together hold every point of the ring. */
export function polygonBoxes(ring: readonly Location[]): Box[] {
  if (ring.length === 0) return []
  const { west, south, east, north } = outlineOf(ring)
  return spanOf(west - MARGIN, east + MARGIN, south - MARGIN, north + MARGIN)
}

/** A ring laid out in the plane: no edge jumps from 180 to -180; longitudes go on beyond instead. */
interface Outline extends Box {
  readonly xs: readonly number[]
  readonly ys: readonly number[]
}

// A filter asks about the same ring for each event.
const outlines = new WeakMap<readonly Location[], Outline>()

function outlineOf(ring: readonly Location[]): Outline {
  const known = outlines.get(ring)
  if (known !== undefined) return known
  const xs: number[] = []
  const ys: number[] = []
  let turns = 0
  let before: number | undefined
  for (const { latitude, longitude } of ring) {
    turns += turnBetween(before ?? longitude, longitude)
    // Not the sum of the ways, whose rounding errors add up: the same meridian is always the same number.
    xs.push(longitude + 360 * turns)
    ys.push(latitude)
    before = longitude
  }
  const first = ring[0]
  if (first !== undefined && before !== undefined) {
    turns += turnBetween(before, first.longitude)
    if (turns !== 0) {
      // All the way round: it closes along the pole.
      const pole = ys.reduce((sum, y) => sum + y, 0) >= 0 ? 90 : -90
      const x = first.longitude + 360 * turns
      xs.push(x, x, first.longitude)
      ys.push(first.latitude, pole, pole)
    }
  }
  const outline = { xs, ys, west: Math.min(...xs), south: Math.min(...ys), east: Math.max(...xs), north: Math.max(...ys) }
  outlines.set(ring, outline)
  return outline
}

/** How the shorter way between two meridians changes the turn: 1 eastward over the antimeridian, -1 westward, else 0. */
function turnBetween(from: number, to: number): number {
  const difference = to - from
  return difference > 180 ? -1 : difference <= -180 ? 1 : 0
}

/** Counts the edges due north of the point: odd is inside. */
function sideOf({ xs, ys }: Outline, x: number, y: number): 'inside' | 'outside' | 'edge' {
  let isInside = false
  let x1 = xs[xs.length - 1] ?? 0
  let y1 = ys[ys.length - 1] ?? 0
  for (let i = 0; i < xs.length; i++) {
    const x2 = xs[i] ?? 0
    const y2 = ys[i] ?? 0
    if (x === x1 && x === x2) {
      if (y >= Math.min(y1, y2) && y <= Math.max(y1, y2)) return 'edge'
    } else if (x >= Math.min(x1, x2) && x <= Math.max(x1, x2)) {
      const edge = x === x1 ? y1 : x === x2 ? y2 : y1 + ((y2 - y1) * (x - x1)) / (x2 - x1)
      if (edge === y) return 'edge'
      // A corner counts as lying west of its meridian, so that it is not counted for both of its edges.
      if (edge > y && x1 > x !== x2 > x) isInside = !isInside
    }
    x1 = x2
    y1 = y2
  }
  return isInside ? 'inside' : 'outside'
}

/** The geohash cell that holds the point: `precision` characters, 1 to 12. */
export function geohash(at: Location, precision: number): string {
  let west = -180
  let east = 180
  let south = -90
  let north = 90
  let hash = ''
  let isLongitude = true
  while (hash.length < precision) {
    let digit = 0
    for (let bit = 0; bit < 5; bit++) {
      digit <<= 1
      if (isLongitude) {
        const middle = (west + east) / 2
        if (at.longitude >= middle) {
          digit |= 1
          west = middle
        } else east = middle
      } else {
        const middle = (south + north) / 2
        if (at.latitude >= middle) {
          digit |= 1
          south = middle
        } else north = middle
      }
      isLongitude = !isLongitude
    }
    hash += GEOHASH_DIGITS[digit]
  }
  return hash
}
const GEOHASH_DIGITS = '0123456789bcdefghjkmnpqrstuvwxyz'

function allAround(south: number, north: number): Box {
  return { west: -180, south: Math.max(-90, south), east: 180, north: Math.min(90, north) }
}

/** West and east may lie beyond ±180 here. */
function spanOf(west: number, east: number, south: number, north: number): Box[] {
  const box = allAround(south, north)
  if (east - west >= 360) return [box]
  // The antimeridian is both -180 and 180: a span that touches it holds both.
  if (west <= -180)
    return [
      { ...box, east },
      { ...box, west: west + 360 },
    ]
  if (east >= 180)
    return [
      { ...box, west },
      { ...box, east: east - 360 },
    ]
  return [{ ...box, west, east }]
}
