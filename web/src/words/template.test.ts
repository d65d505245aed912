import { expect, test } from 'vitest'

import { partsOf, piecesOf, placeholdersIn } from './template'

test('a text is cut at its placeholders, and doubled brackets are single ones', () => {
  expect(piecesOf('Save [victims], not [[this]].')).toEqual([
    { kind: 'text', text: 'Save ' },
    { kind: 'placeholder', name: 'victims', text: '[victims]' },
    { kind: 'text', text: ', not [this].' },
  ])
})

test('a placeholder does not reach over the end of a line', () => {
  expect(placeholdersIn('[a\nb] [c]')).toEqual([{ name: 'c', from: 6, to: 9 }])
})

test('a prompt is cut into the words of the template and those of its levels', () => {
  const values = new Map([['who', 'a friend']])
  expect(partsOf('Help [who]!', values, 'Help a friend!')).toEqual([
    { text: 'Help ', from: null },
    { text: 'a friend', from: 'who' },
    { text: '!', from: null },
  ])
})

test('nothing is marked in a prompt that is not what the template makes', () => {
  expect(partsOf('Help [who]!', new Map([['who', 'a friend']]), 'Help a stranger!')).toBeNull()
  expect(partsOf('Help [who]!', new Map(), 'Help [who]!')).toBeNull()
})
