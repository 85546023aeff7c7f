/**
 * Positions in the hands of clients: opaque, signed, versioned.
 *
 *     byte 0      version, 1
 *     byte 1      kind: 1 cursor, 2 receipt
 *     cursor      varint number of partitions, then per partition varint: the offset of the next record
 *     receipt     varint partition, varint offset, varint µs of acceptance
 *     last 16     HMAC-SHA-256 of everything before, cut
 *
 * as unpadded base64url. Varints are LEB128, up to 2^53 - 1.
 */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { Micros } from './poi.ts'

const VERSION = 1
const CURSOR = 1
const RECEIPT = 2
const HEADER = 2
const MAC = 16
const MAX_VARINT = 8
const MAX_PARTITIONS = 10_000
// Base64url of the longest cursor: longer texts are refused before anything is computed.
const MAX_TEXT = Math.ceil(((HEADER + MAX_VARINT * (MAX_PARTITIONS + 1) + MAC) * 4) / 3)

/** The position of one accepted record in `poi-unprocessed-topic`. */
export interface Receipt {
  readonly partition: number
  readonly offset: number
  readonly acceptedAt: Micros
}

/** A cursor that says: every record before these offsets of `poi-processed-topic` was seen; one offset per partition. */
export function encodeCursor(positions: readonly number[], key: Uint8Array): string {
  return seal(CURSOR, [positions.length, ...positions], key)
}

/** The positions of a cursor made with this key, as many as it was made with; undefined for anything else. */
export function decodeCursor(text: string, key: Uint8Array): readonly number[] | undefined {
  const numbers = open(CURSOR, text, key)
  if (numbers === undefined || numbers.length - 1 !== numbers[0]) return undefined
  return numbers.slice(1)
}

/** What a mutation hands out: where its record is durable. */
export function encodeReceipt(receipt: Receipt, key: Uint8Array): string {
  return seal(RECEIPT, [receipt.partition, receipt.offset, receipt.acceptedAt], key)
}

/** The receipt made with this key; undefined for anything else, cursors included. */
export function decodeReceipt(text: string, key: Uint8Array): Receipt | undefined {
  const numbers = open(RECEIPT, text, key)
  if (numbers === undefined || numbers.length !== 3) return undefined
  const [partition = 0, offset = 0, acceptedAt = 0] = numbers
  return { partition, offset, acceptedAt }
}

function seal(kind: number, numbers: readonly number[], key: Uint8Array): string {
  const bytes = Buffer.allocUnsafe(HEADER + MAX_VARINT * numbers.length + MAC)
  bytes[0] = VERSION
  bytes[1] = kind
  let at = HEADER
  for (const number of numbers) at = writeVarint(bytes, at, number)
  at += macOf(bytes.subarray(0, at), key).copy(bytes, at, 0, MAC)
  return bytes.toString('base64url', 0, at)
}

function open(kind: number, text: string, key: Uint8Array): number[] | undefined {
  if (text.length > MAX_TEXT) return undefined
  const bytes = Buffer.from(text, 'base64url')
  // Buffer skips what is not base64url; only the one spelling that we made is ours.
  if (bytes.length < HEADER + MAC || bytes.toString('base64url') !== text) return undefined
  const end = bytes.length - MAC
  if (!timingSafeEqual(bytes.subarray(end), macOf(bytes.subarray(0, end), key).subarray(0, MAC))) return undefined
  // The signature holds, so the rest is as we wrote it, perhaps by another version.
  if (bytes[0] !== VERSION || bytes[1] !== kind) return undefined
  return readVarints(bytes, HEADER, end)
}

function writeVarint(bytes: Buffer, start: number, value: number): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`A position is a whole number from 0 to 2^53 - 1; came ${value}.`)
  let at = start
  let rest = value
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 0x80
  bytes[at++] = rest
  return at
}

function readVarints(bytes: Buffer, start: number, end: number): number[] | undefined {
  const numbers: number[] = []
  let number = 0
  let scale = 1
  for (let at = start; at < end; at++) {
    const byte = bytes[at] ?? 0
    number += (byte & 0x7f) * scale
    scale *= 128
    if (byte < 0x80) {
      numbers.push(number)
      number = 0
      scale = 1
    }
  }
  return scale === 1 ? numbers : undefined
}

// Making a KeyObject costs more than the HMAC itself; keys live as long as the process.
const keyObjects = new WeakMap<Uint8Array, KeyObject>()

function macOf(bytes: Uint8Array, key: Uint8Array): Buffer {
  let keyObject = keyObjects.get(key)
  if (keyObject === undefined) {
    keyObject = createSecretKey(key)
    keyObjects.set(key, keyObject)
  }
  return createHmac('sha256', keyObject).update(bytes).digest()
}
