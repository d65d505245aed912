import { expect, test } from 'vitest'

import { treeOf } from './tree'

const node = (id: string, parent?: string) => ({ id, parent: parent ? { id: parent } : null })
const shape = (nodes: ReturnType<typeof node>[]) => treeOf(nodes).map(({ node: { id }, depth }) => `${'-'.repeat(depth)}${id}`)

test('a fork stands under what it was forked from, in the order of the list', () => {
  expect(shape([node('c', 'a'), node('b'), node('d', 'c'), node('a'), node('e', 'a')])).toEqual(['b', 'a', '-c', '--d', '-e'])
})

test('a fork of something that is not there stands at the root', () => {
  expect(shape([node('fork', 'deleted'), node('a')])).toEqual(['fork', 'a'])
})

test('forks are counted', () => {
  expect(treeOf([node('a'), node('b', 'a'), node('c', 'a')])[0]?.forkCount).toBe(2)
})
