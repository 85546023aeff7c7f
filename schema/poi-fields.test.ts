import assert from 'node:assert/strict'
import { test } from 'node:test'
import { categoryPath, imageUrl, localName } from './poi-fields.ts'

test('the path of a category names every level, the widest first', () => {
  assert.deepEqual(categoryPath('amenity/food/cafe'), ['amenity', 'amenity/food', 'amenity/food/cafe'])
  assert.deepEqual(categoryPath('amenity'), ['amenity'])
  assert.deepEqual(categoryPath(''), [])
})

test('a name is found by its language, then by the shorter forms of it', () => {
  const names = { de: 'Wien', 'de-AT': 'Wean', 'zh-Hant': '維也納' }
  assert.equal(localName(names, 'de-AT'), 'Wean')
  assert.equal(localName(names, 'DE-at'), 'Wean')
  assert.equal(localName(names, 'de-CH-1996'), 'Wien')
  assert.equal(localName(names, 'zh-Hant-TW'), '維也納')
  assert.equal(localName(names, 'de-x-formal'), 'Wien')
  assert.equal(localName(names, 'zh'), null)
  assert.equal(localName(names, 'fr'), null)
  assert.equal(localName(names, ''), null)
  assert.equal(localName(names, '-'), null)
  assert.equal(localName(null, 'de'), null)
})

test('a picture is served under its hash', () => {
  assert.equal(imageUrl('ab12'), '/images/ab12')
  assert.equal(imageUrl(null), null)
})
