import type { OptionSpec } from './command.ts'
import { CommandError, EXIT } from './exit-code.ts'
import type { Options } from './options.ts'

/** Options that together make a `PoiFilter`: all given conditions hold together. */
export const FILTER_OPTIONS = {
  id: { type: 'string', value: 'ID,..', multiple: true, help: 'any of these POIs' },
  category: {
    type: 'string',
    value: 'CATEGORY,..',
    multiple: true,
    help: 'any of these categories, or below one (amenity: amenity/cafe too)',
  },
  bbox: { type: 'string', value: 'W,S,E,N', help: 'inside this box, in degrees; west > east crosses the antimeridian' },
  near: { type: 'string', value: 'LAT,LON,METERS', help: 'within this circle' },
  source: { type: 'string', value: 'ID,..', multiple: true, help: 'any of these sources' },
} as const satisfies Record<string, OptionSpec>

/** `PoiFilter` of the public schema, as it goes over the wire. */
export interface PoiFilterInput {
  readonly ids?: readonly string[]
  readonly categories?: readonly string[]
  readonly bbox?: { readonly west: number; readonly south: number; readonly east: number; readonly north: number }
  readonly near?: { readonly latitude: number; readonly longitude: number; readonly radiusMeters: number }
  readonly text?: string
  readonly sources?: readonly string[]
}

/** undefined when no condition is given. @throws CommandError (usage) for values out of range */
export function filterOf(options: Options, text: string | undefined): PoiFilterInput | undefined {
  const ids = options.list('id')
  const categories = options.list('category')
  const sources = options.list('source')
  const box = options.numbers('bbox', ['west', 'south', 'east', 'north'])
  const circle = options.numbers('near', ['latitude', 'longitude', 'radiusMeters'])
  const filter: PoiFilterInput = {
    ...(ids.length > 0 && { ids }),
    ...(categories.length > 0 && { categories }),
    ...(box !== undefined && { bbox: boxOf(box) }),
    ...(circle !== undefined && { near: circleOf(circle) }),
    ...(text !== undefined && { text }),
    ...(sources.length > 0 && { sources }),
  }
  return Object.keys(filter).length === 0 ? undefined : filter
}

function boxOf([west = 0, south = 0, east = 0, north = 0]: readonly number[]) {
  if (Math.abs(west) > 180 || Math.abs(east) > 180) throw new CommandError(EXIT.usage, '--bbox wants west and east from -180 to 180.')
  if (south < -90 || north > 90 || south > north) throw new CommandError(EXIT.usage, '--bbox wants -90 <= south <= north <= 90.')
  return { west, south, east, north }
}

function circleOf([latitude = 0, longitude = 0, radiusMeters = 0]: readonly number[]) {
  if (Math.abs(latitude) > 90) throw new CommandError(EXIT.usage, '--near wants a latitude from -90 to 90, first.')
  if (Math.abs(longitude) > 180) throw new CommandError(EXIT.usage, '--near wants a longitude from -180 to 180, second.')
  if (radiusMeters <= 0) throw new CommandError(EXIT.usage, '--near wants a radius of more than 0 metres, third.')
  return { latitude, longitude, radiusMeters }
}
