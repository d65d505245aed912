import { readFile } from 'node:fs/promises'

import { look } from './look'
import { expect, test } from './test'

test('US3 results show means with intervals, decisions and the ledger, and lead to transcripts', async ({ page, world }) => {
  const run = await world.finished(await world.define('Going to help', 12), ['sim-balanced', 'sim-utilitarian'])
  await page.goto(`/runs/${run}`)
  const means = page.getByRole('figure', { name: 'Mean decision per model' })
  const balanced = means.getByRole('link', { name: /sim\/sim-balanced.*mean .*95 % interval \[.*n = \d+/ })
  await expect(balanced).toBeVisible()
  await expect(means).toContainText('24 planned = 24 succeeded + 0 failed')

  await look(page, 'results')
  await look(page, 'results-dark', { colorScheme: 'dark' })
  await look(page, 'results-narrow', { width: 390, height: 844 })
  await means.getByRole('button', { name: 'Show table' }).click()
  await expect(means.getByRole('columnheader', { name: 'standard error' })).toBeVisible()
  const [csv] = await Promise.all([page.waitForEvent('download'), means.getByRole('button', { name: 'Data as CSV' }).click()])
  expect(csv.suggestedFilename()).toMatch(/^run_[0-9a-f]{8}_means\.csv$/)
  const rows = (await readFile(await csv.path(), 'utf8')).trim().split('\r\n')
  expect(rows).toHaveLength(3)
  expect(rows[0]).toBe('model,mean,interval low,interval high,standard error,n,scenarios')

  await means.getByRole('button', { name: 'Show figure' }).click()
  const [svg] = await Promise.all([page.waitForEvent('download'), means.getByRole('button', { name: 'Save as SVG' }).click()])
  const drawing = await readFile(await svg.path(), 'utf8')
  expect(drawing).toContain('xmlns="http://www.w3.org/2000/svg"')
  // It stands on its own, in colours that every program knows.
  expect(drawing).not.toMatch(/var\(|oklch|oklab|color-mix|<a |class=/)
  expect(drawing).toContain('Mean decision per model')

  // A bar leads to exactly the transcripts that it counts.
  const bar = page.getByRole('figure', { name: 'Decisions per model' }).getByRole('link', { name: /sim-balanced.*: 3 \(Perhaps\), \d+ of/ })
  const counted = /, (\d+) of/.exec((await bar.getAttribute('aria-label')) ?? '')?.[1] ?? ''
  await bar.click()
  await expect(page).toHaveURL(/tab=transcripts.*decision=3/)
  if (counted === '0') await expect(page.getByText('No transcript fits these filters')).toBeVisible()
  else await expect(page.getByRole('status').filter({ hasText: `${counted} of` })).toBeVisible()
})

test('US3 a run without an answer says that there are no results yet', async ({ page, server, world }) => {
  await server.faults({ kind: 'context_length' })
  const run = await world.finished(await world.define('Going to help', 2), ['sim-balanced'])
  await page.goto(`/runs/${run}`)
  await expect(page.getByText('No results yet')).toBeVisible()
})
