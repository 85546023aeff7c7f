/** Why a sink does not get on, in words for people who read its status; the whole error is in the log lines. */

export function troubleOf(error: unknown): string {
  return isDiskFull(error)
    ? 'The disk of the store is full; changes wait in the log until there is room.'
    : 'The store cannot apply changes and tries again; its log lines tell why.'
}

const SQLITE_FULL = 13

function isDiskFull(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_FULL
}
