import type { Console } from './command.ts'

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const
export type Colour = keyof typeof CODES

/** Colours text for a terminal that shows colours; elsewhere, and with NO_COLOR (no-color.org), it leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string

export function painterFor({ stdout, env }: Pick<Console, 'stdout' | 'env'>): Paint {
  const shows = stdout.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  return (colour, text) => (shows ? `\u001b[${CODES[colour]}m${text}\u001b[0m` : text)
}

/** Text from outside without what a terminal would obey: control characters become visible. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/gu, character =>
    character === '\t' || character === '\n' ? ' ' : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** Columns aligned by their widest cell, up to `maxWidth` characters each; longer cells are cut. Cells are made printable. */
export function table(rows: readonly (readonly string[])[], maxWidth = 48): string[] {
  const cut = rows.map(row => row.map(cell => shortened(printable(cell), maxWidth)))
  const widths: number[] = []
  for (const row of cut) for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length)
  return cut.map(row =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function shortened(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}
