/** Fields of a POI that follow from others. */

/** The levels of a category, the widest first: `amenity/cafe` gives `amenity`, `amenity/cafe`. */
export function categoryPath(category: string): string[] {
  if (category === '') return []
  const path: string[] = []
  for (let slash = category.indexOf('/'); slash !== -1; slash = category.indexOf('/', slash + 1)) path.push(category.slice(0, slash))
  path.push(category)
  return path
}

/** The name in a language: the BCP 47 tag itself, then its shorter forms (`de-AT`, `de`), without regard to case; null when there is none. */
export function localName(names: Readonly<Record<string, string>> | null, language: string): string | null {
  if (names === null) return null
  const byTag = new Map(Object.entries(names).map(([tag, name]) => [tag.toLowerCase(), name]))
  let tag = language.trim().toLowerCase()
  while (tag !== '') {
    const name = byTag.get(tag)
    if (name !== undefined) return name
    // RFC 4647 section 3.4 (lookup): a single-letter subtag goes together with what followed it.
    tag = tag.slice(0, Math.max(0, tag.lastIndexOf('-'))).replace(/-[a-z0-9]$/, '')
  }
  return null
}

/** Where the picture is served, relative to the gateway; the hash is the lower-case hex SHA-256 of its bytes. */
export function imageUrl(hash: string | null): string | null {
  return hash === null ? null : `/images/${hash}`
}
