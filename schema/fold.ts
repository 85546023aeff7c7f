/**
 * One way of comparing words for every engine: what is written into a text index and what is asked of it both pass through here, so that
 * engines answer alike and none needs an analysis plugin.
 */

// biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII
const ASCII = /^[\u0000-\u007f]*$/
// Diacritics, Hebrew points, Arabic vowel signs. Vowel signs of Indic and other scripts, and the voicing marks of kana, are letters and stay.
const MARKS = /[[\p{Mn}\p{Me}]&&[[\p{Script=Inherited}--[\u3099\u309a]]\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Cyrillic}]]+/gv
// Letters that Unicode does not decompose.
const LETTERS: Readonly<Record<string, string>> = {
  ß: 'ss',
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ĸ: 'k',
  ł: 'l',
  ŋ: 'n',
  þ: 'th',
  ŧ: 't',
  ƒ: 'f',
  ə: 'e',
  ς: 'σ',
  ـ: '',
}
const SPECIAL = new RegExp(`[${Object.keys(LETTERS).join('')}]`, 'g')
// Chinese and Japanese write no blanks between words: each character counts as a word, so that any part of a name is found.
const WORD =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|(?:(?![\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}])[\p{L}\p{N}\p{M}])+/gu
const ASCII_WORD = /[a-z0-9]+/g

/** Without case, diacritics and compatibility forms: `Čeština` → `cestina`, `Straße` → `strasse`, `Łódź` → `lodz`. Idempotent. */
export function fold(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  return text
    .normalize('NFKD')
    .toLowerCase()
    .normalize('NFKD')
    .replace(MARKS, '')
    .replace(SPECIAL, letter => LETTERS[letter] ?? letter)
    .normalize('NFC')
}

/** The folded words of a text: runs of letters and digits. `Café O’Hare, 2nd` → `cafe`, `o`, `hare`, `2nd`. */
export function words(text: string): string[] {
  const folded = fold(text)
  return folded.match(ASCII.test(folded) ? ASCII_WORD : WORD) ?? []
}
