import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Box, boxContains, boxesAround, boxesOf, distanceMeters, EARTH_RADIUS, geohash, polygonBoxes, polygonContains } from './geo.ts'
import type { Location } from './poi.ts'

const at = (latitude: number, longitude: number): Location => ({ latitude, longitude })
/** By comparing numbers alone, as an index does. */
const inAny = (boxes: readonly Box[], { latitude, longitude }: Location): boolean =>
  boxes.some(({ west, south, east, north }) => latitude >= south && latitude <= north && longitude >= west && longitude <= east)

/** Degrees as they come, with the places where mistakes hide: poles, antimeridian, equator, whole numbers. */
const degrees = (limit: number): fc.Arbitrary<number> =>
  fc.oneof(
    fc.double({ min: -limit, max: limit, noNaN: true }),
    fc.integer({ min: -limit, max: limit }),
    fc.constantFrom(-limit, limit, 0, limit - 1e-9, 1e-9 - limit, -0),
    fc.double({ min: limit - 0.01, max: limit, noNaN: true }),
    fc.double({ min: -limit, max: 0.01 - limit, noNaN: true }),
  )
const location: fc.Arbitrary<Location> = fc.record({ latitude: degrees(90), longitude: degrees(180) })

test('distances are those of a sphere', () => {
  const quarter = (Math.PI / 2) * EARTH_RADIUS
  assert.equal(Math.round(distanceMeters(at(0, 0), at(0, 90))), Math.round(quarter))
  assert.equal(Math.round(distanceMeters(at(90, 17), at(-90, -120))), Math.round(2 * quarter))
  assert.equal(distanceMeters(at(12, 34), at(12, 34)), 0)
  // Nashville to Los Angeles, the usual example: 2,886.44 km
  assert.ok(Math.abs(distanceMeters(at(36.12, -86.67), at(33.94, -118.4)) - 2_886_448) < 10)
})

test('distance is symmetric, and does not see the antimeridian', () => {
  fc.assert(
    fc.property(location, location, (a, b) => {
      assert.ok(Math.abs(distanceMeters(a, b) - distanceMeters(b, a)) < 1e-6)
      const same = { ...a, longitude: a.longitude > 0 ? a.longitude - 360 : a.longitude + 360 }
      assert.ok(distanceMeters(a, same) < 1e-6)
    }),
  )
})

test('the edges of a box are inside', () => {
  const box = { west: 10, south: 20, east: 30, north: 40 }
  for (const point of [at(20, 10), at(40, 30), at(30, 10), at(20, 20)]) assert.ok(boxContains(box, point))
  for (const point of [at(19.999, 10), at(40, 30.001), at(30, 9.999), at(-30, 20)]) assert.ok(!boxContains(box, point))
})

test('a box from east to west crosses the antimeridian', () => {
  const box = { west: 170, south: -10, east: -170, north: 10 }
  for (const point of [at(0, 180), at(0, -180), at(10, 170), at(-10, -170)]) assert.ok(boxContains(box, point))
  for (const point of [at(0, 169.9), at(0, -169.9), at(0, 0)]) assert.ok(!boxContains(box, point))
})

test('180 and -180 are one meridian, on whichever edge of a box it is', () => {
  const boxes = [
    { west: 170, east: 180 },
    { west: -180, east: -170 },
    { west: 180, east: 180 },
    { west: -180, east: -180 },
    { west: 180, east: -180 },
    { west: -180, east: 180 },
  ].map(edges => ({ ...edges, south: -10, north: 10 }))
  for (const box of boxes) for (const longitude of [180, -180]) assert.ok(boxContains(box, at(0, longitude)), JSON.stringify(box))
  for (const longitude of [180, -180]) assert.ok(!boxContains({ west: -170, east: 170, south: -10, north: 10 }, at(0, longitude)))
})

test('a box and its parts without the antimeridian hold the same', () => {
  fc.assert(
    fc.property(degrees(180), degrees(180), degrees(90), degrees(90), location, (west, east, a, b, point) => {
      const box = { west, east, south: Math.min(a, b), north: Math.max(a, b) }
      assert.equal(inAny(boxesOf(box), point), boxContains(box, point))
    }),
  )
})

test('the boxes around a circle miss no point of it', () => {
  const radius = fc.oneof(
    fc.double({ min: 1e-3, max: 1e5, noNaN: true }),
    fc.double({ min: 1, max: Math.PI * EARTH_RADIUS * 1.1, noNaN: true }),
  )
  fc.assert(
    fc.property(
      location,
      radius,
      fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
      fc.double({ min: 0.9, max: 1.0001, noNaN: true }),
      location,
      (centre, meters, bearing, share, anywhere) => {
        const boxes = boxesAround(centre, meters)
        // Points near the rim are where a cover fails; points anywhere see to the rest.
        for (const point of [destination(centre, meters * share, bearing), anywhere])
          if (distanceMeters(centre, point) <= meters) assert.ok(inAny(boxes, point), JSON.stringify(point))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('the boxes around a small circle are small', () => {
  const boxes = boxesAround(at(48, 16), 1_000)
  assert.equal(boxes.length, 1)
  for (const { west, south, east, north } of boxes) assert.ok(north - south < 0.02 && east - west < 0.03)
})

test('the boxes around a circle on the antimeridian are two, at a pole all around', () => {
  assert.deepEqual(
    boxesAround(at(0, 180), 1_000).map(box => Math.sign(box.west)),
    [1, -1],
  )
  assert.deepEqual(
    boxesAround(at(89.999, 0), 1_000).map(box => [box.west, box.east, box.north]),
    [[-180, 180, 90]],
  )
})

const square = [at(10, 10), at(10, 20), at(20, 20), at(20, 10)]

test('a polygon holds what lies inside, its edges and its corners', () => {
  for (const point of [at(15, 15), at(10, 15), at(20, 15), at(15, 10), at(15, 20), ...square]) assert.ok(polygonContains(square, point))
  for (const point of [at(9.999, 15), at(20.001, 15), at(15, 9.999), at(15, 20.001), at(15, -165), at(-15, 15)])
    assert.ok(!polygonContains(square, point))
})

test('a polygon may turn back into itself', () => {
  const letterU = [at(0, 0), at(10, 0), at(10, 2), at(2, 2), at(2, 8), at(10, 8), at(10, 10), at(0, 10)]
  assert.ok(polygonContains(letterU, at(8, 1)))
  assert.ok(polygonContains(letterU, at(1, 5)))
  assert.ok(!polygonContains(letterU, at(8, 5)))
})

test('edges of a polygon take the shorter way around', () => {
  const fiji = [at(-20, 175), at(-20, -175), at(-15, -175), at(-15, 175)]
  for (const point of [at(-18, 179), at(-18, -179), at(-18, 180), at(-18, -180)]) assert.ok(polygonContains(fiji, point))
  for (const point of [at(-18, 174), at(-18, -174), at(-18, 0)]) assert.ok(!polygonContains(fiji, point))
})

test('a polygon around a pole holds the pole', () => {
  const arctic = [at(60, 0), at(70, 90), at(60, 180), at(70, -90)]
  for (const point of [at(90, 0), at(80, 45), at(71, 90), at(60, 0)]) assert.ok(polygonContains(arctic, point))
  for (const point of [at(59, 0), at(69, 90), at(-90, 0), at(0, 45)]) assert.ok(!polygonContains(arctic, point))
  const antarctic = arctic.map(corner => at(-corner.latitude, corner.longitude))
  assert.ok(polygonContains(antarctic, at(-90, 0)) && !polygonContains(antarctic, at(90, 0)))
})

test('the polygon of the corners of a box is the box', () => {
  fc.assert(
    fc.property(degrees(180), fc.integer({ min: 1, max: 178 }), degrees(90), degrees(90), location, (west, width, a, b, point) => {
      const east = west + width > 180 ? west + width - 360 : west + width
      const box = { west, east, south: Math.min(a, b), north: Math.max(a, b) }
      const ring = [at(box.south, west), at(box.south, east), at(box.north, east), at(box.north, west)]
      assert.equal(polygonContains(ring, point), boxContains(box, point))
    }),
    { numRuns: 2_000 },
  )
})

test('a polygon and a brute-force count in the plane agree, wherever on the globe it lies', () => {
  // Corners on whole degrees and points off them: on an edge the two may differ.
  const whole = fc.tuple(fc.integer({ min: -40, max: 40 }), fc.integer({ min: -80, max: 80 }))
  fc.assert(
    fc.property(fc.array(whole, { minLength: 3, maxLength: 12 }), whole, degrees(180), (corners, [south, west], origin) => {
      const point = [south + Math.SQRT2 / 4, west + Math.PI / 10] as const
      const lon = (x: number): number => ((((origin + x + 180) % 360) + 360) % 360) - 180
      const ring = corners.map(([y, x]) => at(y, lon(x)))
      assert.equal(polygonContains(ring, at(point[0], lon(point[1]))), insidePlanar(corners, ...point))
    }),
    { numRuns: 2_000 },
  )
})

test('the boxes of a polygon miss no point of it', () => {
  fc.assert(
    fc.property(
      fc.array(location, { minLength: 3, maxLength: 8 }),
      location,
      fc.double({ min: 0, max: 1, noNaN: true }),
      (ring, anywhere, share) => {
        const boxes = polygonBoxes(ring)
        const [a = anywhere, b = anywhere] = ring
        const near = at(a.latitude + (b.latitude - a.latitude) * share, a.longitude)
        for (const point of [anywhere, near, ...ring])
          if (polygonContains(ring, point)) assert.ok(inAny(boxes, point), JSON.stringify(point))
      },
    ),
    { numRuns: 2_000 },
  )
})

test('an empty ring holds nothing', () => {
  assert.equal(polygonContains([], at(0, 0)), false)
  assert.deepEqual(polygonBoxes([]), [])
})

test('geohashes are the known ones', () => {
  assert.equal(geohash(at(57.64911, 10.40744), 11), 'u4pruydqqvj')
  assert.equal(geohash(at(-25.382708, -49.265506), 8), '6gkzwgjz')
  assert.equal(geohash(at(0, 0), 1), 's')
  assert.equal(geohash(at(90, 180), 4), 'zzzz')
  assert.equal(geohash(at(-90, -180), 4), '0000')
})

/** Where one arrives going so many metres from here in that direction (radians from north). */
function destination(from: Location, meters: number, bearing: number): Location {
  const angle = meters / EARTH_RADIUS
  const lat = (from.latitude * Math.PI) / 180
  const sinLat = Math.sin(lat) * Math.cos(angle) + Math.cos(lat) * Math.sin(angle) * Math.cos(bearing)
  const sideways = Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(lat), Math.cos(angle) - Math.sin(lat) * sinLat)
  const lon = from.longitude + (sideways * 180) / Math.PI
  return at((Math.asin(Math.max(-1, Math.min(1, sinLat))) * 180) / Math.PI, ((((lon + 180) % 360) + 360) % 360) - 180)
}

/** The textbook's even-odd count along a parallel. */
function insidePlanar(corners: readonly (readonly [number, number])[], y: number, x: number): boolean {
  let inside = false
  corners.forEach(([y1, x1], i) => {
    const [y2, x2] = corners[(i + 1) % corners.length] ?? [y1, x1]
    if (y1 > y !== y2 > y && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) inside = !inside
  })
  return inside
}
