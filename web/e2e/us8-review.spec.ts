import { look } from './look'
import { expect, test } from './test'

test.use({ settings: { PROBITY_POLL_AFTER_MS: '500' } })

test('US8 what a judge cannot read is reviewed line by line, without holding the run', async ({ page, server, world }) => {
  await server.faults({ kind: 'wrong_schema', model: 'sim-steadfast' })
  const judge = { provider: 'sim', model: 'sim-steadfast' }
  const run = await world.finished(await world.define('Going to help', 30), ['sim-cautious'], { samplesPerScenario: 4, sampleSeed: 7, judge })
  await page.goto(`/runs/${run}`)
  const line = page.getByRole('region', { name: 'Judge' })
  await expect(line.getByRole('link', { name: /^Review \d+ answers$/ })).toBeVisible()
  await expect(line).toContainText('the run is not held up')
  // It is no gate that holds the run.
  await expect(page.getByRole('region', { name: 'Waits for a person' })).toBeHidden()

  // Its calls are listed apart.
  await page.getByRole('link', { name: /^Judge \d+/ }).click()
  const calls = page.getByRole('table', { name: 'Calls of the judge' })
  await expect(calls.getByRole('row').nth(1)).toContainText('Not usable')

  // From home to the list.
  await page.goto('/')
  await expect(page.getByRole('main')).toContainText('Going to help: a judge could not read some answers.')
  await page.getByRole('main').getByRole('link', { name: 'Open' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Review list' })).toBeVisible()
  const panel = page.getByRole('region', { name: 'The line that is reviewed' })
  await expect(panel).toContainText('invalid answer')
  await look(page, 'reviews')
  const lines = (await server.ask<{ reviewList: { totalCount: number } }>('query ($id: ID!) { reviewList(runId: $id) { totalCount } }', { id: run })).reviewList.totalCount
  expect(lines).toBeGreaterThan(1)
  // A decision needs a reason.
  await panel.getByRole('radio', { name: /^4/ }).check()
  await expect(panel.getByRole('button', { name: /^(Decide|Approve)/ })).toHaveAttribute('aria-disabled', 'true')
  await panel.getByLabel('Why').fill('It would rather go.')
  await panel.getByLabel('Why').press('Enter')
  await expect(page.getByRole('status').filter({ hasText: `${lines - 1} open` })).toBeVisible()
  await page.getByRole('button', { name: 'Leave all unreadable' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Leave unreadable' }).click()
  await expect(page.getByText('Nothing is left to review')).toBeVisible()
  await page.getByRole('combobox', { name: 'Lines' }).selectOption('yes')
  await expect(page.getByRole('table', { name: 'Review list' })).toContainText('Left unreadable')
})
