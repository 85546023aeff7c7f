import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { cleanCategory, cleanProse, cleanText, normalise } from './normalise.ts'

// Any UTF-16, halves of surrogate pairs included.
const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map(code => String.fromCharCode(code)) })

test('white space is collapsed and trimmed', () => {
  assert.equal(cleanText('  Café \t\u00a0 Central\r\n'), 'Café Central')
})

test('control and invisible characters go', () => {
  assert.equal(cleanText('a\u0000b\u200bc\u202ed\ufeff'), 'abcd')
  assert.equal(cleanText('a \u0007 b'), 'a b')
})

test('what emoji and Persian need stays', () => {
  assert.equal(cleanText('👨‍👩‍👧 می‌خواهم'), '👨‍👩‍👧 می‌خواهم')
})

test('composed and decomposed letters become one', () => {
  assert.equal(cleanText('Cafe\u0301'), 'Café')
})

test('half a surrogate pair becomes the replacement character', () => {
  assert.equal(cleanText('a\ud800b'), 'a\ufffdb')
})

test('prose keeps its paragraphs', () => {
  assert.equal(cleanProse(' One  line\r\n\r\n\r\n\r\ntwo \n'), 'One line\n\ntwo')
})

test('a category has clean levels and no empty ones', () => {
  assert.equal(cleanCategory(' /amenity / cafe// '), 'amenity/cafe')
  assert.equal(cleanCategory('/'), '')
  assert.equal(cleanCategory('amenity/cafe'), 'amenity/cafe')
})

test('normalising twice is normalising once', () => {
  const text = fc.oneof(anyText, fc.string({ unit: fc.constantFrom(' ', '\n', '\t', '/', 'a', '\u0301', '\u0000', '\u200b', '\u2028') }))
  fc.assert(
    fc.property(text, text, text, (name, category, description) => {
      const once = normalise({
        id: name,
        sourceId: category,
        name,
        names: { de: name },
        category,
        description,
        location: { latitude: 1, longitude: 2 },
        status: 'OPEN',
        timestamp: 0,
        attributes: null,
        image: null,
      })
      assert.deepEqual(normalise(once), once)
    }),
  )
})

test('a language called __proto__ is data', () => {
  const names = JSON.parse('{"__proto__": " x "}')
  const record = { id: 'a', sourceId: null, name: '', names, category: '', description: ' ', location: { latitude: 0, longitude: 0 } }
  const normalised = normalise({ ...record, status: 'OPEN', timestamp: 0, attributes: null, image: null })
  assert.deepEqual(Object.entries(normalised.names ?? {}), [['__proto__', 'x']])
  assert.equal(normalised.description, null)
})
