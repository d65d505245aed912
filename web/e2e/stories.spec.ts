import { readdirSync, readFileSync } from 'node:fs'

import { expect, test } from '@playwright/test'

/** What people come for. */
const STORIES = ['US0', 'US1', 'US2', 'US3', 'US4', 'US5', 'US6', 'US7', 'US8']

test('every user story has a spec whose title carries its id', () => {
  const folder = new URL('.', import.meta.url)
  const specs = readdirSync(folder).filter((name) => name.endsWith('.spec.ts') && name !== 'stories.spec.ts')
  const titles = specs.flatMap((name) =>
    [...readFileSync(new URL(name, folder), 'utf8').matchAll(/^ *test\('(US\d+) /gm)].map((match) => match[1]),
  )
  expect(STORIES.filter((story) => !titles.includes(story))).toEqual([])
})
