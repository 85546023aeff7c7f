import assert from 'node:assert/strict'
import { test } from 'node:test'
import { didYouMean } from './did-you-mean.ts'
import { CommandError } from './exit-code.ts'
import { parseArguments } from './options.ts'
import { COMMANDS } from './run-poi.ts'

const parse = (...words: string[]) => parseArguments(words, COMMANDS)
const refusal = (...words: string[]): CommandError => {
  try {
    const { options } = parse(...words)
    options.number('first', { min: 1, max: 500, whole: true })
    options.numbers('bbox', ['west', 'south', 'east', 'north'])
  } catch (error) {
    if (error instanceof CommandError) return error
    throw error
  }
  throw new Error('It was accepted.')
}

test('global options may stand before or after the command', () => {
  for (const words of [
    ['--url', 'http://h/graphql', 'search', 'wien', '--json'],
    ['search', '--json', 'wien', '--url=http://h/graphql'],
  ]) {
    const { command, options, operands } = parse(...words)
    assert.equal(command?.name, 'search')
    assert.equal(options.text('url'), 'http://h/graphql')
    assert.equal(options.flag('json'), true)
    assert.deepEqual(operands, ['wien'])
  }
})

test('an option of the value of a command may be a command name', () => {
  const { command, operands } = parse('search', '--category', 'status', 'get')
  assert.equal(command?.name, 'search')
  assert.deepEqual(operands, ['get'])
})

test('a negative number is a value, not an option', () => {
  assert.deepEqual(parse('tail', '--bbox', '-10,-20,30,40').options.numbers('bbox', ['west', 'south', 'east', 'north']), [-10, -20, 30, 40])
})

test('lists are given by commas, by repeating, or both', () => {
  assert.deepEqual(parse('tail', '--category', 'a, b', '--category', 'c').options.list('category'), ['a', 'b', 'c'])
})

test('what is not understood is wrong usage, with the nearest that is', () => {
  assert.match(refusal('imprt').hint ?? '', /Did you mean `poi import`\?/)
  assert.match(refusal('tail', '--catgory', 'x').hint ?? '', /--category/)
  assert.match(refusal('status', '--category', 'x').message, /no option --category of `poi status`/)
  assert.match(refusal('search', '-x').message, /no option -x/)
  assert.match(refusal('search', 'a', '--first').message, /--first wants a value/)
  assert.match(refusal('search', 'a', '--first', '--json').message, /--first wants a value/)
  assert.match(refusal('search', 'a', '--json=yes').message, /takes no value/)
  assert.match(refusal('search', 'a', '--first', '1', '--first', '2').message, /more than once/)
  assert.match(refusal('search', 'a', '--first', '1.5').message, /whole number from 1 to 500; got "1.5"/)
  assert.match(refusal('search', 'a', '--bbox', '1,2,3').message, /west,south,east,north: 4 numbers; got "1,2,3"/)
  assert.ok([refusal('imprt'), refusal('search', '--__proto__')].every(error => error.exit === 2))
})

test('nothing is suggested for a word that is near nothing', () => {
  assert.equal(didYouMean('xy', ['get', 'tail']), undefined)
  assert.equal(didYouMean('frobnicate', ['get', 'tail']), undefined)
  assert.equal(didYouMean('serach', ['get', 'search']), 'search')
})
