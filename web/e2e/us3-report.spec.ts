import { readFile } from 'node:fs/promises'

import { look } from './look'
import { expect, test } from './test'

test('US3 the report of a run is read on its page and taken away; a retry makes another revision', async ({ page, server, world }) => {
  await server.faults({ kind: 'context_length', model: 'sim-cautious' })
  const run = await world.finished(await world.define('Going to help <b>now</b>', 4), ['sim-balanced', 'sim-cautious'])
  await page.goto(`/runs/${run}`)
  await page.getByRole('link', { name: 'Report' }).click()
  const report = page.getByRole('article', { name: 'Report' })
  await expect(report.getByRole('heading', { name: 'Decisions' })).toBeVisible()
  await expect(report).toContainText('Going to help <b>now</b>')
  expect(await report.locator('b, script, img, a').count()).toBe(0)
  await expect(report.getByRole('table').first()).toBeVisible()
  await look(page, 'report')
  const [json] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'JSON' }).click()])
  expect(json.suggestedFilename()).toMatch(/_report\.json$/)
  expect(JSON.parse(await readFile(await json.path(), 'utf8'))).toMatchObject({ format: 'probity.report' })
  const [markdown] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Markdown' }).click()])
  expect(markdown.suggestedFilename()).toMatch(/_report\.md$/)

  await server.faults()
  await page.getByRole('button', { name: 'Retry 4 failed probes' }).click()
  await expect(page.getByRole('main').getByRole('status').filter({ hasText: /^\W*Completed$/ })).toBeVisible()
  const revision = page.getByRole('combobox', { name: 'Revision' })
  await expect(revision).toHaveValue('2')
  await revision.selectOption('1')
  await expect(page).toHaveURL(/revision=1/)
  await expect(report).toContainText('context')
})
