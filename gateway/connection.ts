/** One client's WebSocket, written to in the fewest possible system calls. */
import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import type { Turn } from './turn.ts'

/** Above this many waiting bytes a producer that can wait does. */
const ENOUGH_BYTES = 65_536

export interface Connection {
  readonly isOpen: boolean
  /** bytes that the client has not taken yet, as far as this process knows */
  readonly backlog: number
  /** Whole frames, written with everything else of this turn of the event loop. */
  enqueue(frames: Buffer): void
  /** A message of the protocol, after everything enqueued; resolves when it is handed to the system or the connection is gone. */
  send(text: string): Promise<void>
  /** Resolves when there is room for another event, or the connection is gone. */
  room(): Promise<void>
  close(code?: number, reason?: string): void
}

/**
 * @param stream the connection under `socket`. Both write whole frames and at once, because nothing is compressed, so that they may be
 *   used side by side.
 */
export function openConnection(socket: WebSocket, stream: Socket, turn: Turn): Connection {
  let waiting: Buffer[] = []
  let waitingBytes = 0
  const isOpen = () => socket.readyState === socket.OPEN
  const flush = () => {
    if (waiting.length === 0) return
    const frames = waiting
    waiting = []
    waitingBytes = 0
    const [only] = frames
    if (isOpen()) stream.write(frames.length === 1 && only !== undefined ? only : Buffer.concat(frames))
  }
  return {
    get isOpen() {
      return isOpen()
    },
    get backlog() {
      return stream.writableLength + waitingBytes
    },
    enqueue: frames => {
      if (waiting.length === 0) turn.write(flush)
      waiting.push(frames)
      waitingBytes += frames.length
    },
    send: text => {
      flush()
      if (!isOpen()) return Promise.resolve()
      // An error of a write ends the connection, which is told elsewhere.
      return new Promise(resolve => socket.send(text, () => resolve()))
    },
    room: async () => {
      while (isOpen() && waitingBytes >= ENOUGH_BYTES) await turn.over()
      if (isOpen() && stream.writableNeedDrain) await drained(stream)
    },
    close: (code, reason) => socket.close(code, reason),
  }
}

function drained(stream: Socket): Promise<void> {
  return new Promise(resolve => {
    const settle = () => {
      stream.off('drain', settle)
      stream.off('close', settle)
      resolve()
    }
    stream.on('drain', settle)
    stream.on('close', settle)
  })
}
