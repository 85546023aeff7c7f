/** How deep texts and values are nested, told without recursion that their sender could drive: parsers, validators and executors recurse. */

const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const RETURN = 0x0d
const HASH = 0x23
const OPENING: ReadonlySet<number> = new Set(Array.from('{[(', bracket => bracket.charCodeAt(0)))
const CLOSING: ReadonlySet<number> = new Set(Array.from('}])', bracket => bracket.charCodeAt(0)))

/** The deepest level of brackets in the text of a GraphQL document; those in strings and comments do not count. */
export function nestingOf(text: string): number {
  let level = 0
  let deepest = 0
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char === QUOTE) at = endOfString(text, at)
    else if (char === HASH) at = endOfLine(text, at)
    else if (OPENING.has(char)) {
      level += 1
      if (level > deepest) deepest = level
    } else if (CLOSING.has(char)) level -= 1
  }
  return deepest
}

/** Whether lists and objects of a parsed JSON value are nested in more than so many levels. */
export function isDeeperThan(levels: number, value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (levels === 0) return true
  return Object.values(value).some(inner => isDeeperThan(levels - 1, inner))
}

/** Where the string that begins at `begin` ends. One that is never closed ends with its line: parsers do not read on behind it. */
function endOfString(text: string, begin: number): number {
  if (text.startsWith('"""', begin)) return endOfBlockString(text, begin)
  for (let at = begin + 1; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char === BACKSLASH) at += 1
    else if (char === QUOTE || char === NEWLINE || char === RETURN) return at
  }
  return text.length
}

function endOfBlockString(text: string, begin: number): number {
  let end = text.indexOf('"""', begin + 3)
  while (end !== -1 && text.charCodeAt(end - 1) === BACKSLASH) end = text.indexOf('"""', end + 3)
  return end === -1 ? text.length : end + 2
}

function endOfLine(text: string, begin: number): number {
  for (let at = begin; at < text.length; at += 1) {
    const char = text.charCodeAt(at)
    if (char === NEWLINE || char === RETURN) return at
  }
  return text.length
}
