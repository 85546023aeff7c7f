import { CommandError, EXIT } from '../exit-code.ts'

/** What a column can become. */
export const TARGETS = [
  'id',
  'source',
  'name',
  'names',
  'category',
  'description',
  'latitude',
  'longitude',
  'location',
  'timestamp',
  'status',
  'image',
  'attributes',
] as const
export type Target = (typeof TARGETS)[number]

/** Column names that are understood without --map, most telling first; compared without case, blanks, `-` and `_`. */
const ALIASES: Readonly<Record<Target, readonly string[]>> = {
  id: ['id', 'poiid', 'ident', 'identifier', 'uuid', '@id', 'osmid'],
  source: ['sourceid', 'source', 'provider'],
  name: ['name', 'title', 'label'],
  names: ['names', 'translations'],
  category: ['category', 'type', 'kind', 'class', 'fclass', 'amenity'],
  description: ['description', 'desc', 'comment', 'note'],
  latitude: ['latitude', 'lat', 'latitudedeg', 'latdeg', 'decimallatitude', 'ycoord', 'y'],
  longitude: ['longitude', 'lon', 'lng', 'long', 'longitudedeg', 'londeg', 'decimallongitude', 'xcoord', 'x'],
  location: ['location', 'position', 'coordinates', 'geo', 'coord'],
  timestamp: ['timestamp', 'updatedat', 'updated', 'modifiedat', 'modified', 'lastupdated', 'lastmodified', 'datetime', 'ts'],
  status: ['status'],
  image: ['imagebase64', 'base64encodedimage'],
  attributes: ['attributes'],
}

/** Parses `target=column,...` of --map. @throws CommandError (usage) */
export function parseMap(pairs: readonly string[]): ReadonlyMap<string, Target> {
  const map = new Map<string, Target>()
  for (const pair of pairs) {
    const [target = '', column = ''] = pair.split(/=(.*)/s, 2)
    if (!TARGETS.includes(target as Target) || column.trim() === '')
      throw new CommandError(EXIT.usage, `--map wants target=column with a target of ${TARGETS.join(', ')}; got ${JSON.stringify(pair)}.`)
    map.set(column.trim(), target as Target)
  }
  return map
}

/** What one column means: a target with its rank (lower wins where two columns mean the same), a language's name, or an attribute. */
type Meaning = { readonly target: Target; readonly rank: number } | { readonly language: string } | 'attribute'

const LANGUAGE_COLUMN = /^name:([a-z]{2,3}(?:-[a-z0-9]{2,8})*)$/i

/** Says what a column means, remembering the answer: rows share their columns. */
export function columnMeanings(map: ReadonlyMap<string, Target>): (column: string) => Meaning {
  const known = new Map<string, Meaning>()
  return column => {
    let meaning = known.get(column)
    if (meaning === undefined) {
      meaning = meaningOf(column, map)
      // Bounded: a source of objects may have as many names as rows.
      if (known.size < 10_000) known.set(column, meaning)
    }
    return meaning
  }
}

function meaningOf(column: string, map: ReadonlyMap<string, Target>): Meaning {
  const mapped = map.get(column.trim())
  if (mapped !== undefined) return { target: mapped, rank: -1 }
  const language = LANGUAGE_COLUMN.exec(column.trim())?.[1]
  if (language !== undefined) return { language }
  const folded = column.toLowerCase().replace(/[\s_-]+/g, '')
  for (const target of TARGETS) {
    const rank = ALIASES[target].indexOf(folded)
    if (rank !== -1) return { target, rank }
  }
  return 'attribute'
}

/** A row's fields, each where it belongs. */
export interface SortedFields {
  readonly values: ReadonlyMap<Target, unknown>
  readonly names: ReadonlyMap<string, string>
  readonly attributes: Record<string, unknown>
}

/** Puts each field where it belongs. A column that lost its target to a better one is an attribute; an empty one is nothing. */
export function sorted(fields: Readonly<Record<string, unknown>>, meaning: (column: string) => Meaning): SortedFields {
  const best = new Map<Target, { readonly rank: number; readonly column: string; readonly value: unknown }>()
  const names = new Map<string, string>()
  const attributes: [string, unknown][] = []
  for (const [column, value] of Object.entries(fields)) {
    if (value === null || value === undefined || (typeof value === 'string' && value.trim() === '')) continue
    const meant = meaning(column)
    if (meant === 'attribute') attributes.push([column, value])
    else if ('language' in meant) names.set(meant.language, String(value))
    else {
      const earlier = best.get(meant.target)
      const wins = earlier === undefined || meant.rank < earlier.rank
      const loser = wins ? earlier : { column, value }
      if (loser !== undefined) attributes.push([loser.column, loser.value])
      if (wins) best.set(meant.target, { rank: meant.rank, column, value })
    }
  }
  return { values: new Map([...best].map(([target, { value }]) => [target, value])), names, attributes: Object.fromEntries(attributes) }
}
