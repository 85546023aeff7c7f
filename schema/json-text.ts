/** JSON as text: what JSON.parse does not tell, found without recursion, so that a hostile text cannot exhaust the stack. */

/** Nesting that the platform takes, in JSON as in protobuf. */
export const MAX_DEPTH = 100

const QUOTE = 0x22
const COMMA = 0x2c
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const CLOSE_LIST = 0x5d
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d

/** JSON.parse within the depth that everything behind it can bear. @throws SyntaxError when the text is no JSON or nests deeper. */
export function parseJson(text: string): unknown {
  if (nestsTooDeep(text)) throw new SyntaxError(`nested deeper than ${MAX_DEPTH} levels`)
  return JSON.parse(text)
}

function nestsTooDeep(text: string): boolean {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) i = endOfString(text, i)
    else if (c === OPEN_OBJECT || c === OPEN_LIST) {
      if (++depth > MAX_DEPTH) return true
    } else if (c === CLOSE_OBJECT || c === CLOSE_LIST) depth--
  }
  return false
}

/** Does a parsed value nest deeper than the platform takes? Descends no further than that. */
export function isTooDeep(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) return false
  return depth >= MAX_DEPTH || Object.values(value).some(item => isTooDeep(item, depth + 1))
}

/** A member of an object: its name, and where its text begins and ends, name included. */
export interface Member {
  readonly name: string
  readonly start: number
  readonly end: number
}

/** The members of an object in the order and spelling of the text, which is known to be one. */
export function* membersOf(text: string): Generator<Member> {
  let depth = 0
  let start = -1
  let name = ''
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) {
      const end = endOfString(text, i)
      if (depth === 1 && start === -1) {
        start = i
        name = JSON.parse(text.slice(i, end + 1))
      }
      i = end
    } else if (c === OPEN_OBJECT || c === OPEN_LIST) depth++
    else if (c === CLOSE_OBJECT || c === CLOSE_LIST || c === COMMA) {
      if (depth === 1 && start !== -1) {
        yield { name, start, end: i }
        start = -1
      }
      if (c !== COMMA) depth--
    }
  }
}

/** The closing quote of the string that opens at `from`; the end of the text when there is none. */
function endOfString(text: string, from: number): number {
  for (let i = from + 1; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === QUOTE) return i
    if (c === BACKSLASH) i++
  }
  return text.length
}
