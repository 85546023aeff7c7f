/** A start that cannot succeed until somebody does something about it. Its message is plain sentences: what is wrong, and the remedy. */
export class StartFailure extends Error {
  override readonly name: string = 'StartFailure'
}

/**
 * What to tell people about an error that ended a process, in plain sentences; undefined when it is none of the known ones, so that its
 * stack is needed.
 */
export function plainWordsOf(error: unknown): string | undefined {
  if (error instanceof StartFailure) return error.message
  if (!(error instanceof Error)) return undefined
  // The log knows nothing of this module; its errors are sentences with a code.
  if (error.name === 'LogError') return error.message
  if ('syscall' in error && error.syscall === 'listen' && 'code' in error) {
    const { code, port, address } = error as { code: unknown; port?: number; address?: string }
    if (code === 'EADDRINUSE')
      return `The port ${port} of ${address} is in use. Stop what listens there, or choose another port with POI_PORT.`
    if (code === 'EACCES') return `This user may not listen on port ${port} of ${address}. Choose another port with POI_PORT.`
    if (code === 'EADDRNOTAVAIL') return `This machine has no address ${address}. Choose another with POI_HOST.`
  }
  return undefined
}
