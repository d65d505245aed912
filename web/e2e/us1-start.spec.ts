import { expect, test } from './test'

test('US1 a run that somebody starts appears on the open home page and in the list', async ({ page, world }) => {
  await page.goto('/')
  await expect(page.getByText('No run yet')).toBeVisible()
  const run = await world.start(await world.define('Going to help', 3), ['sim-balanced', 'sim-steadfast'])
  // Without loading the page again.
  const row = page.getByRole('table').getByRole('link', { name: 'Going to help' }).first()
  await expect(row).toBeVisible({ timeout: 20_000 })
  await row.click()
  await expect(page).toHaveURL(new RegExp(run))
  await expect(page.getByRole('main')).toContainText('6 / 6 · 100 %')
})
