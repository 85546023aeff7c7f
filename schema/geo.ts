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

/** Edges are inside. */
export function boxContains(box: Box, at: Location): boolean {
  if (at.latitude < box.south || at.latitude > box.north) return false
  return box.west <= box.east ? at.longitude >= box.west && at.longitude <= box.east : at.longitude >= box.west || at.longitude <= box.east
}

/** The same area as one or two boxes that do not cross the antimeridian (west ≤ east). */
export function boxesOf(box: Box): Box[] {
  if (box.west <= box.east) return [box]
  return [
    { ...box, east: 180 },
    { ...box, west: -180 },
  ]
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
 * hemisphere in which most of it lies. Where it crosses itself the even-odd rule decides.
 *
 * Counts the edges that the meridian from the point to the north pole crosses. Everything is measured from the point's meridian, so the
 * antimeridian is nothing special.
 */
export function polygonContains(ring: readonly Location[], at: Location): boolean {
  let inside = false
  let around = 0
  let latitudes = 0
  let a = ring[ring.length - 1]
  if (a === undefined) return false
  let aLon = offset(at.longitude, a.longitude)
  for (const b of ring) {
    const bLon = offset(at.longitude, b.longitude)
    around += offset(a.longitude, b.longitude)
    latitudes += b.latitude
    if (aLon === 0 && bLon === 0) {
      if (at.latitude >= Math.min(a.latitude, b.latitude) && at.latitude <= Math.max(a.latitude, b.latitude)) return true
    } else if (aLon === 0 && a.latitude === at.latitude) {
      return true
    } else {
      const eastward = aLon <= 0 && bLon >= 0 && bLon - aLon <= 180
      const westward = aLon >= 0 && bLon <= 0 && aLon - bLon < 180
      if (eastward || westward) {
        const latitude = a.latitude + ((b.latitude - a.latitude) * -aLon) / (bLon - aLon)
        if (latitude === at.latitude) return true
        // A corner on the meridian counts as lying west of it, so that it is not counted for both of its edges.
        if (latitude > at.latitude && aLon > 0 !== bLon > 0) inside = !inside
      }
    }
    a = b
    aLon = bLon
  }
  const holdsNorthPole = Math.abs(around) > 180 && latitudes >= 0
  return inside !== holdsNorthPole
}

/** One or two boxes (west ≤ east) that together hold every point of the ring. */
export function polygonBoxes(ring: readonly Location[]): Box[] {
  const first = ring[0]
  if (first === undefined) return []
  let lon = first.longitude
  let west = lon
  let east = lon
  let south = first.latitude
  let north = first.latitude
  let latitudes = 0
  for (let i = 1; i <= ring.length; i++) {
    const from = ring[i - 1] ?? first
    const to = ring[i] ?? first
    lon += offset(from.longitude, to.longitude)
    west = Math.min(west, lon)
    east = Math.max(east, lon)
    south = Math.min(south, to.latitude)
    north = Math.max(north, to.latitude)
    latitudes += to.latitude
  }
  if (Math.abs(lon - first.longitude) > 180) {
    if (latitudes >= 0) north = 90
    else south = -90
    return [allAround(south - MARGIN, north + MARGIN)]
  }
  return spanOf(west - MARGIN, east + MARGIN, south - MARGIN, north + MARGIN)
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

/** Degrees from one meridian to another by the shorter way: more than -180, up to 180. */
function offset(from: number, to: number): number {
  const difference = to - from
  return difference > 180 ? difference - 360 : difference <= -180 ? difference + 360 : difference
}

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
