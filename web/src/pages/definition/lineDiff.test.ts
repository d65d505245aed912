import { expect, test } from 'vitest'

import { lineDiff } from './lineDiff'

test('a changed line is removed and added, with the words that changed', () => {
  expect(lineDiff('a: one\nb: same\n', 'a: two\nb: same\n')).toEqual([
    {
      kind: 'removed',
      before: 1,
      spans: [
        { text: 'a: ', isChanged: false },
        { text: 'one', isChanged: true },
      ],
    },
    {
      kind: 'added',
      after: 1,
      spans: [
        { text: 'a: ', isChanged: false },
        { text: 'two', isChanged: true },
      ],
    },
    { kind: 'same', before: 2, after: 2, text: 'b: same' },
  ])
})

test('what is the same for long is one mark, and line numbers go on behind it', () => {
  const many = Array.from({ length: 20 }, (_, line) => `line ${line + 1}`)
  const diff = lineDiff(many.join('\n') + '\n', [...many, 'new'].join('\n') + '\n')
  expect(diff[0]).toEqual({ kind: 'skipped', count: 17 })
  expect(diff[1]).toEqual({ kind: 'same', before: 18, after: 18, text: 'line 18' })
  expect(diff.at(-1)).toEqual({ kind: 'added', after: 21, spans: [{ text: 'new', isChanged: false }] })
})

test('equal texts show nothing but how long they are', () => {
  expect(lineDiff('a\nb\n', 'a\nb\n')).toEqual([{ kind: 'skipped', count: 2 }])
})
