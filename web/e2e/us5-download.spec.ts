import { readFile } from 'node:fs/promises'

import { expect, test } from './test'

test('US5 the CSV is downloaded under the name that the server gives, and holds every decision', async ({ page, server, world }) => {
  const run = await world.finished(await world.define('Going to help', 5), ['sim-balanced', 'sim-steadfast'])
  await page.goto(`/runs/${run}`)
  await page.getByRole('button', { name: 'Download' }).click()
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('menuitem', { name: 'CSV', exact: true }).click(),
  ])
  expect(download.suggestedFilename()).toMatch(/^run_[0-9a-f]{8}_\d{4}-\d\d-\d\d\.csv$/)
  const bytes = await readFile(await download.path())
  const text = bytes.toString('utf8')
  const lines = text.trim().split(/\r?\n/)
  expect(lines[0]).toContain('dim_place')
  // Answers hold line breaks, so that a row may be several lines.
  expect(lines.filter((line) => line.startsWith(run))).toHaveLength(10)
  // The same bytes as the address gives to a program.
  const served = await fetch(`${server.url}/api/export/run/${run}/csv`)
  expect(bytes.equals(Buffer.from(await served.arrayBuffer()))).toBe(true)
  await expect(page.getByRole('status').filter({ hasText: download.suggestedFilename() })).toBeVisible()
})
