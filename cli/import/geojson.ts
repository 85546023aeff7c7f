import type { Fault } from '#schema/poi.ts'

/** A row's fields with a GeoJSON Feature taken apart, and what is wrong with its geometry. */
interface Flattened {
  readonly fields: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
}

/**
 * A GeoJSON Feature (RFC 7946) becomes its properties, its id and its point; other rows stay as they are. A POI is a point, and where in an
 * area one would put it only the owner of the data knows: another geometry is refused, not replaced by a centre that may lie outside it.
 */
export function flattened(row: Readonly<Record<string, unknown>>): Flattened {
  if (row['type'] !== 'Feature' || !('geometry' in row)) return { fields: row, faults: [] }
  const { id, geometry, properties } = row
  const ofFeature = {
    ...(typeof properties === 'object' && properties !== null && properties),
    ...(id !== undefined && id !== null && { id }),
  }
  const point = pointOf(geometry)
  if (typeof point === 'string')
    return { fields: ofFeature, faults: [{ field: 'geometry', code: 'BAD_FORMAT', message: `wanted a Point, got ${point}` }] }
  return { fields: { ...ofFeature, ...point }, faults: [] }
}

/** The coordinates, or in words what came instead. */
function pointOf(geometry: unknown): { readonly latitude: unknown; readonly longitude: unknown } | string {
  if (typeof geometry !== 'object' || geometry === null) return 'no geometry'
  const { type, coordinates } = geometry as { readonly type?: unknown; readonly coordinates?: unknown }
  if (type !== 'Point') return typeof type === 'string' ? `a ${type.slice(0, 40)}` : 'a geometry without a type'
  if (!Array.isArray(coordinates) || coordinates.length < 2) return 'a Point without coordinates'
  return { latitude: coordinates[1], longitude: coordinates[0] }
}
