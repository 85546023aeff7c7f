import assert from 'node:assert/strict'
import { test } from 'node:test'
import { contentTypeOf } from './images.ts'

const starts: readonly (readonly [string, string])[] = [
  ['\x89PNG\r\n\x1a\n....', 'image/png'],
  ['\xff\xd8\xff\xe0....', 'image/jpeg'],
  ['GIF87a..', 'image/gif'],
  ['GIF89a..', 'image/gif'],
  ['RIFF\x10\x00\x00\x00WEBPVP8 ', 'image/webp'],
  ['RIFF\x10\x00\x00\x00WAVEfmt ', 'application/octet-stream'],
  ['<svg onload="alert(1)">', 'application/octet-stream'],
  ['<!doctype html>', 'application/octet-stream'],
  ['', 'application/octet-stream'],
]

for (const [start, type] of starts)
  test(`what begins ${JSON.stringify(start)} is ${type}`, () => assert.equal(contentTypeOf(Buffer.from(start, 'latin1')), type))
