/**
 * Validation rules as data: what a rule set may say. Plain JSON, without functions, so that a set can be stored, numbered and compared.
 * The bounds of a record (schema/poi-bounds.ts) are no rules: no rule set can switch them off.
 */

/** One numbered set. Never edited once published: every processed record and dead letter names the version that judged it. */
export interface RuleSet {
  readonly version: number
  /** applied in order, before any rule looks at the record */
  readonly steps: readonly Step[]
  readonly rules: readonly Rule[]
}

/** Measuring noise: a number that overshoots its range by no more than `tolerance` is put on the edge; beyond, it is left to be refused. */
export interface Step {
  readonly step: 'CLAMP'
  readonly field: NumberField
  readonly low: number
  readonly high: number
  readonly tolerance: number
}

export interface Rule {
  /** unique in the set; kebab-case, since it is a label of a metric and part of the API */
  readonly id: string
  /** The rule speaks when this holds. */
  readonly when: Condition
  /** a sentence for people: what is wrong */
  readonly message: string
  /** REJECT makes a dead letter; WARN lets the record pass, marked with the rule's id. */
  readonly severity: 'REJECT' | 'WARN'
  /** path of the field to blame; null when it is the whole record */
  readonly field: string | null
}

export type Condition =
  | { readonly all: readonly Condition[] }
  | { readonly not: Condition }
  /** low ≤ the number ≤ high */
  | { readonly number: NumberField; readonly low: number; readonly high: number }
  | { readonly text: TextField; readonly oneOf: readonly string[] }
  /** The category is one of these or a level below one: `amenity` holds for `amenity/cafe`. */
  | { readonly categoryUnder: readonly string[] }

/** The whole of what rules can reach. */
export type NumberField = 'location.latitude' | 'location.longitude'
export type TextField = 'name' | 'category' | 'description' | 'sourceId'
