import { expect, test } from './test'

test('US6 columns are chosen, and the address remembers them', async ({ page, world }) => {
  const run = await world.finished(await world.define('Going to help', 3), ['sim-balanced'])
  await page.goto('/runs')
  const table = page.getByRole('table', { name: 'Runs' })
  await expect(table.getByRole('columnheader', { name: 'Cost' })).toBeVisible()
  await page.getByRole('button', { name: /^Columns/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Cost' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Models' }).click()
  await page.keyboard.press('Escape')
  await expect(table.getByRole('columnheader', { name: 'Cost' })).toBeHidden()
  await expect(page).toHaveURL(/hide=models%2Ccost/)
  await page.reload()
  await expect(table.getByRole('columnheader', { name: 'Status' })).toBeVisible()
  await expect(table.getByRole('columnheader', { name: 'Models' })).toBeHidden()
  await expect(page.getByRole('button', { name: /^Columns 7 of 9/ })).toBeVisible()

  await page.goto(`/runs/${run}?tab=transcripts&hide=words`)
  const transcripts = page.getByRole('table', { name: 'Transcripts' })
  await expect(transcripts.getByRole('columnheader', { name: 'Latency' })).toBeVisible()
  await expect(transcripts.getByRole('columnheader', { name: 'Words' })).toBeHidden()
})

test('US6 of many rows only those in sight are drawn, and the count says how many there are', async ({ page, world }) => {
  const run = await world.finished(await world.define('Going to help', 500), ['sim-balanced'])
  await page.goto(`/runs/${run}?tab=transcripts`)
  const table = page.getByRole('table', { name: 'Transcripts' })
  await expect(page.getByRole('status').filter({ hasText: '500 transcripts' })).toBeVisible()
  await expect(table.getByRole('row').nth(1)).toBeVisible()
  expect(await table.getByRole('row').count()).toBeLessThan(100)
  // Scrolling on brings the rest, a page at a time.
  const area = page.getByRole('region', { name: 'Transcripts' })
  await expect(async () => {
    await area.evaluate((element) => element.scrollTo(0, element.scrollHeight))
    await expect(table).toHaveAttribute('aria-rowcount', '501', { timeout: 500 })
  }).toPass()
  expect(await table.getByRole('row').count()).toBeLessThan(100)
})
