/** Events one after another. Unlike an async generator's, `return` ends it at once, even while a `next` waits. */
export interface EventStream<T> {
  next(): Promise<IteratorResult<T, undefined>>
  /** Releases whatever feeds it. Calling it again is fine. */
  return(): Promise<void>
}

export function isEventStream<T>(value: EventStream<T> | object): value is EventStream<T> {
  return 'next' in value && 'return' in value
}

/** Maps in order, one event at a time: the source is asked for the next one only when this one is done. */
export function mapEvents<S, T>(source: AsyncIterable<S>, map: (event: S) => T | Promise<T>): EventStream<T> {
  const iterator = source[Symbol.asyncIterator]()
  return {
    next: async () => {
      const step = await iterator.next()
      return step.done === true ? { done: true, value: undefined } : { done: false, value: await map(step.value) }
    },
    return: async () => {
      await iterator.return?.()
    },
  }
}

/** For libraries that want to iterate. */
export function iterate<T>(stream: EventStream<T>): AsyncIterableIterator<T, undefined> {
  return {
    next: () => stream.next(),
    return: async () => {
      await stream.return()
      return { done: true, value: undefined }
    },
    [Symbol.asyncIterator]() {
      return this
    },
  }
}
