import { readFile } from 'node:fs/promises'

import { look } from './look'
import { expect, test } from './test'

test('US7 a run is compared with its repetition, down to what both said', async ({ page, world }) => {
  const definition = await world.define('Going to help', 12)
  const before = await world.finished(definition, ['sim-balanced'], { samplesPerScenario: 2 })
  const after = await world.finished(definition, ['sim-balanced', 'sim-utilitarian'], { samplesPerScenario: 2, allowDuplicate: true })
  await page.goto('/runs')
  for (const run of [before, after]) await page.getByRole('row').filter({ hasText: run.slice(-8) }).getByRole('checkbox').check()
  const bar = page.getByRole('region', { name: 'Chosen rows' })
  await expect(bar).toContainText('2 runs chosen')
  await bar.getByRole('button', { name: 'Compare' }).click()
  await expect(page).toHaveURL(new RegExp(`baseline=${before}.*candidate=${after}`))

  // The same answers again: nothing is told apart, and that is said with what could have been.
  const pairs = page.getByRole('figure', { name: 'Mean differences, candidate − baseline' })
  await expect(pairs.getByRole('link', { name: /sim-balanced/ })).toBeVisible()
  await expect(page.getByText(/Only in the candidate: sim\/sim-utilitarian/)).toBeVisible()
  await expect(page.getByRole('group', { name: 'Scenarios by what became of them' })).toBeVisible()
})

test('US7 the models of a run are compared, and the scenarios behind a difference are read side by side', async ({ page, world }) => {
  const run = await world.finished(await world.define('Going to help', 12), ['sim-balanced', 'sim-utilitarian', 'sim-steadfast'])
  await page.goto(`/runs/${run}`)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Going to help')
  await page.keyboard.press('ControlOrMeta+k')
  await page.getByRole('searchbox', { name: 'Search or jump to' }).fill('Compare the models')
  await page.keyboard.press('Enter')
  const pairs = page.getByRole('figure', { name: 'Mean differences, candidate − baseline' })
  await expect(pairs.getByRole('link')).toHaveCount(3)
  await look(page, 'compare')
  await look(page, 'compare-dark', { colorScheme: 'dark' })

  // By keyboard: one stop of Tab, arrows to the next difference, Enter to its scenarios.
  await pairs.getByRole('button', { name: 'Data as CSV' }).focus()
  await page.keyboard.press('Tab')
  await page.keyboard.press('ArrowDown')
  await expect(pairs.getByRole('link').nth(1)).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/pair=/)

  const figure = page.getByRole('figure', { name: 'Scenario by scenario' })
  await expect(figure.getByRole('link')).toHaveCount(12)
  await page.getByLabel('Scenarios', { exact: true }).selectOption('REGRESSED')
  await expect(page).toHaveURL(/change=REGRESSED/)
  const regressed = /− (\d+) regressed/.exec((await page.getByRole('group', { name: 'Scenarios by what became of them' }).textContent()) ?? '')?.[1]
  await expect(page.getByRole('status').filter({ hasText: `${regressed ?? ''} of 12 scenarios` })).toBeVisible()
  await page.getByLabel('Scenarios', { exact: true }).selectOption('')
  await expect(figure.getByRole('link')).toHaveCount(12)
  await figure.getByRole('link').first().click()
  const both = page.getByRole('region', { name: 'Side by side' })
  await expect(both.getByRole('article', { name: 'Conversation' })).toHaveCount(2)
  await expect(both.getByRole('group', { name: 'Candidate' })).toContainText('Decision')
  await look(page, 'compare-side-by-side')
  await look(page, 'compare-narrow', { width: 390, height: 844 })

  // The same view, as a colleague opens it; the numbers go along as a file.
  await page.reload()
  await expect(both.getByRole('article', { name: 'Conversation' })).toHaveCount(2)
  const [csv] = await Promise.all([page.waitForEvent('download'), pairs.getByRole('button', { name: 'Data as CSV' }).click()])
  const rows = (await readFile(await csv.path(), 'utf8')).trim().split('\r\n')
  expect(rows).toHaveLength(4)
  expect(rows[0]).toContain('permutation_p_adjusted')
})
