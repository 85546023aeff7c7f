/**
 * Which of many filters a POI passes, without asking each of them: every filter lies where its most selective condition puts it, a POI
 * meets only the filters that lie where it is, and only those are asked exactly.
 */
import { boxesAround, boxesOf, polygonBoxes } from '#schema/geo.ts'
import { type Filterable, matches, type PoiFilter } from '#schema/poi-filter.ts'
import { AreaGrid, type Cover, coverOf } from './filter-index-grid.ts'

export interface Filtered {
  readonly filter: PoiFilter
}

interface Entry<T> {
  readonly owner: T
  readonly filter: PoiFilter
  /** Lying where it lies is all it asks. */
  readonly isExact: boolean
  /** Takes it out again. */
  readonly remove: () => void
}

/** Above this share of the globe, a category or a source says more than the area. */
const WIDE = 0.1

export class FilterIndex<T extends Filtered> {
  readonly #entries = new Map<T, Entry<T>>()
  readonly #byId = new Map<string, Set<Entry<T>>>()
  readonly #byCategory = new Map<string, Set<Entry<T>>>()
  readonly #bySource = new Map<string, Set<Entry<T>>>()
  readonly #areas = new AreaGrid<Entry<T>>()
  readonly #others = new Set<Entry<T>>()

  get size(): number {
    return this.#entries.size
  }

  /** Adding twice is once. */
  add(owner: T): void {
    if (!this.#entries.has(owner)) this.#entries.set(owner, this.#place(owner))
  }

  delete(owner: T): void {
    this.#entries.get(owner)?.remove()
    this.#entries.delete(owner)
  }

  /** Visits each owner whose filter the POI passes, once, in no particular order. */
  match(poi: Filterable, visit: (owner: T) => void): void {
    if (this.#byId.size > 0) ask(this.#byId.get(poi.id), poi, visit)
    if (this.#bySource.size > 0 && poi.sourceId !== null) ask(this.#bySource.get(poi.sourceId), poi, visit)
    if (this.#byCategory.size > 0) {
      for (const level of levelsOf(poi.category)) ask(this.#byCategory.get(level), poi, visit)
    }
    this.#areas.visitCells(poi.location, cell => ask(cell, poi, visit))
    ask(this.#others, poi, visit)
  }

  #place(owner: T): Entry<T> {
    const { filter } = owner
    const conditions = Object.values(filter).filter(condition => condition !== null).length
    const entryOf = (isExact: boolean, remove: (entry: Entry<T>) => void): Entry<T> => {
      const entry: Entry<T> = { owner, filter, isExact, remove: () => remove(entry) }
      return entry
    }
    const under = (map: Map<string, Set<Entry<T>>>, names: Iterable<string>): Entry<T> => {
      const all = [...names]
      const entry = entryOf(conditions === 1, placed => {
        for (const name of all) removeFrom(map, name, placed)
      })
      for (const name of all) addTo(map, name, entry)
      return entry
    }
    const within = (cover: Cover): Entry<T> => {
      const entry = entryOf(false, placed => this.#areas.delete(cover, placed))
      this.#areas.add(cover, entry)
      return entry
    }

    if (filter.ids !== null) return under(this.#byId, filter.ids)
    const cover = coverOfFilter(filter)
    if (cover !== undefined && cover.share <= WIDE) return within(cover)
    if (filter.categories !== null) return under(this.#byCategory, widest(filter.categories))
    if (filter.sources !== null) return under(this.#bySource, filter.sources)
    if (cover !== undefined) return within(cover)
    const entry = entryOf(conditions === 0, placed => this.#others.delete(placed))
    this.#others.add(entry)
    return entry
  }
}

function ask<T>(entries: Iterable<Entry<T>> | undefined, poi: Filterable, visit: (owner: T) => void): void {
  if (entries === undefined) return
  for (const entry of entries) {
    if (entry.isExact || matches(entry.filter, poi)) visit(entry.owner)
  }
}

/** The cells of the narrowest of its areas. */
function coverOfFilter({ box, near, polygon }: PoiFilter): Cover | undefined {
  const covers: Cover[] = []
  if (box !== null) covers.push(coverOf(boxesOf(box)))
  if (near !== null) covers.push(coverOf(boxesAround(near.centre, near.radiusMeters)))
  if (polygon !== null) covers.push(coverOf(polygonBoxes(polygon)))
  return covers.sort((a, b) => a.share - b.share)[0]
}

/** A category and the levels above it. */
function levelsOf(category: string): readonly string[] {
  const levels = [category]
  for (let slash = category.lastIndexOf('/'); slash > 0; slash = category.lastIndexOf('/', slash - 1)) levels.push(category.slice(0, slash))
  return levels
}

/** Without those that another one holds already: a POI must meet a filter once. */
function widest(categories: ReadonlySet<string>): readonly string[] {
  return [...categories].filter(category =>
    levelsOf(category)
      .slice(1)
      .every(level => !categories.has(level)),
  )
}

function addTo<T>(map: Map<string, Set<T>>, name: string, entry: T): void {
  const entries = map.get(name)
  if (entries === undefined) map.set(name, new Set([entry]))
  else entries.add(entry)
}

function removeFrom<T>(map: Map<string, Set<T>>, name: string, entry: T): void {
  const entries = map.get(name)
  entries?.delete(entry)
  if (entries?.size === 0) map.delete(name)
}
