const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/
const DATA_URL = /^data:[\w.+-]+\/[\w.+-]+;base64,/

/**
 * The bytes of base64 text, undefined when it is none. Node's own decoder skips what it does not know, so the text is checked first. Taken
 * are both alphabets, missing padding, line breaks (MIME) and a `data:` URL in front.
 */
export function decodeBase64(text: string): Uint8Array | undefined {
  let digits = text.startsWith('data:') ? text.replace(DATA_URL, '') : text
  if (!BASE64.test(digits)) {
    digits = digits.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/')
    if (!BASE64.test(digits)) return undefined
  }
  const data = digits.replace(/=+$/, '')
  if (data.length % 4 === 1 || (data.length !== digits.length && digits.length % 4 !== 0)) return undefined
  return Buffer.from(data, 'base64')
}
