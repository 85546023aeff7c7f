import { words } from '#schema/fold.ts'

/** What a text index looks at. */
export interface Texts {
  readonly name: string
  readonly category: string
  readonly description: string | null
}

/** The folded words of each text, separated by blanks: what a text index is given, with nothing left for it to analyse. */
export interface IndexWords {
  readonly name: string
  readonly category: string
  readonly description: string
}

export function indexWords(texts: Texts): IndexWords {
  return {
    name: words(texts.name).join(' '),
    category: words(texts.category).join(' '),
    description: texts.description === null ? '' : words(texts.description).join(' '),
  }
}
