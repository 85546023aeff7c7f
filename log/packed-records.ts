import { LogError, type LogRecord } from './log.ts'

/**
 * Records packed into one block of bytes: how they lie in the file and how they cross threads, where a block is transferred instead of
 * being cloned record by record. Little endian, one after the other:
 *
 *     u32 key length + 1, 0 without a key | u32 value length + 1, 0 without a value | key | value
 *
 * Only entries of the keyed state lack a value (a deleted key); records of topics always have one.
 */
const HEADER = 8 // bytes

export type Bytes = Uint8Array<ArrayBufferLike>

/** Some records of one lane, in order, within a larger block. A lane is one partition of one topic. */
export interface Section {
  readonly lane: number
  readonly count: number
  readonly bytes: number
}

export interface Packed {
  readonly block: Uint8Array<ArrayBuffer>
  readonly sections: readonly Section[]
}

/** A section becomes one row of the file; readers skip within it, so it is neither long nor tiny. */
export const SECTION_BYTES = 64 * 1024

export const packedBytes = (key: Bytes | null, value: Bytes | null): number => HEADER + (key?.byteLength ?? 0) + (value?.byteLength ?? 0)

const MAX_RECORD_BYTES = 1024 * 1024
/** What a transaction appends may hold its input, even twice over, and what is to be said of it: the greatest input must find a way out. */
export const MAX_OUTPUT_BYTES = 4 * MAX_RECORD_BYTES

/** @throws LogError TOO_LARGE */
export const checkRecordSize = (key: Bytes | null, value: Bytes, maxBytes = MAX_RECORD_BYTES): number => {
  const bytes = packedBytes(key, value)
  if (bytes <= maxBytes) return bytes
  throw new LogError('TOO_LARGE', `A record of ${bytes} bytes is over the limit of ${maxBytes}.`)
}

/** Gathers records for any number of lanes, then packs them at once into a block of exactly their size. */
export class RecordPacker {
  readonly #open = new Map<number, Draft>()
  readonly #drafts: Draft[] = []
  #bytes = 0

  get bytes(): number {
    return this.#bytes
  }

  add(lane: number, key: Bytes | null, value: Bytes | null): void {
    const bytes = packedBytes(key, value)
    let draft = this.#open.get(lane)
    if (draft === undefined || draft.bytes + bytes > SECTION_BYTES) {
      draft = { lane, count: 0, bytes: 0, keys: [], values: [] }
      this.#open.set(lane, draft)
      this.#drafts.push(draft)
    }
    draft.keys.push(key)
    draft.values.push(value)
    draft.count += 1
    draft.bytes += bytes
    this.#bytes += bytes
  }

  pack(): Packed {
    const block = new Uint8Array(this.#bytes)
    const view = new DataView(block.buffer)
    let at = 0
    for (const draft of this.#drafts) {
      for (let index = 0; index < draft.count; index++) {
        const key = draft.keys[index] ?? null
        const value = draft.values[index] ?? null
        view.setUint32(at, key === null ? 0 : key.byteLength + 1, true)
        view.setUint32(at + 4, value === null ? 0 : value.byteLength + 1, true)
        at += HEADER
        if (key !== null) {
          block.set(key, at)
          at += key.byteLength
        }
        if (value !== null) {
          block.set(value, at)
          at += value.byteLength
        }
      }
    }
    return { block, sections: this.#drafts.map(({ lane, count, bytes }) => ({ lane, count, bytes })) }
  }
}

interface Draft {
  readonly lane: number
  count: number
  bytes: number
  readonly keys: (Bytes | null)[]
  readonly values: (Bytes | null)[]
}

/** Walks over packed entries; keys and values are views into the block. */
export function* unpack(block: Bytes): Generator<{ readonly key: Bytes | null; readonly value: Bytes | null }, void, undefined> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength)
  let at = 0
  while (at < block.byteLength) {
    const keyLength = view.getUint32(at, true) - 1
    const valueLength = view.getUint32(at + 4, true) - 1
    at += HEADER
    const key = keyLength < 0 ? null : block.subarray(at, at + keyLength)
    at += Math.max(keyLength, 0)
    const value = valueLength < 0 ? null : block.subarray(at, at + valueLength)
    at += Math.max(valueLength, 0)
    yield { key, value }
  }
}

/** How much more a batch may take; counted down while it fills. */
export interface Room {
  records: number
  bytes: number
}

/**
 * Adds the records of a block from offset `from` on, as long as there is room; the first record of a batch always fits.
 * @returns the offset after the last record added
 */
export const unpackInto = (
  records: LogRecord[],
  block: Bytes,
  { base, time, from, room }: { base: number; time: number; from: number; room: Room },
): number => {
  const { buffer, byteOffset, byteLength } = block
  const view = new DataView(buffer, byteOffset, byteLength)
  let at = 0
  let offset = base
  while (at < byteLength) {
    const keyLength = Math.max(view.getUint32(at, true) - 1, 0)
    const keyed = view.getUint32(at, true) !== 0
    const valueLength = Math.max(view.getUint32(at + 4, true) - 1, 0)
    const size = HEADER + keyLength + valueLength
    if (offset >= from) {
      if (records.length > 0 && (room.records <= 0 || room.bytes < size)) return offset
      room.records -= 1
      room.bytes -= size
      const keyAt = byteOffset + at + HEADER
      records.push({
        offset,
        time,
        key: keyed ? new Uint8Array(buffer, keyAt, keyLength) : null,
        value: new Uint8Array(buffer, keyAt + keyLength, valueLength),
      })
    }
    at += size
    offset += 1
  }
  return offset
}
