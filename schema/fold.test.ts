import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fold, words } from './fold.ts'

// Any UTF-16, halves of surrogate pairs included.
const anyText = fc.string({ unit: fc.nat({ max: 0xffff }).map(code => String.fromCharCode(code)) })

test('case and diacritics make no difference', () => {
  assert.equal(fold('Čeština'), 'cestina')
  assert.equal(fold('Cafe\u0301'), fold('CAFÉ'))
  assert.equal(fold('İstanbul'), 'istanbul')
  assert.equal(fold('ΟΔΥΣΣΕΎΣ'), fold('Οδυσσεύς'))
  assert.equal(fold('שָׁלוֹם'), 'שלום')
})

test('letters that do not decompose are spelled out', () => {
  assert.equal(fold('Straße STRASSE ẞ'), 'strasse strasse ss')
  assert.equal(fold('Łódź Tromsø Ærø Þing Đà'), 'lodz tromso aero thing da')
})

test('compatibility forms become plain', () => {
  assert.equal(fold('ﬁne ① Ｔｏｋｙｏ'), 'fine 1 tokyo')
})

test('signs that are letters of their script stay', () => {
  assert.equal(fold('नमस्ते'), 'नमस्ते')
  assert.equal(fold('ガイド'), 'ガイド')
  assert.equal(fold('서울'), '서울')
})

test('words are runs of letters and digits', () => {
  assert.deepEqual(words('Café O’Hare, 2nd floor (A/B)'), ['cafe', 'o', 'hare', '2nd', 'floor', 'a', 'b'])
  assert.deepEqual(words(' -- '), [])
  assert.deepEqual(words(''), [])
})

test('each character of Chinese and Japanese is a word', () => {
  assert.deepEqual(words('東京駅 Exit3'), ['東', '京', '駅', 'exit3'])
})

test('folding twice is folding once, and words fold to themselves', () => {
  fc.assert(
    fc.property(anyText, text => {
      const folded = fold(text)
      assert.equal(fold(folded), folded)
      for (const word of words(text)) assert.deepEqual(words(word), [word])
    }),
    { numRuns: 500 },
  )
})

test('every character of Unicode folds once and for all', () => {
  for (let point = 0; point < 0x20000; point++) {
    if (point >= 0xd800 && point < 0xe000) continue
    const folded = fold(String.fromCodePoint(point))
    if (fold(folded) !== folded) assert.fail(`U+${point.toString(16)}`)
  }
})
