import { look } from './look'
import { expect, test } from './test'

test('US0 providers are checked, limits set, workers and prices seen', async ({ page }) => {
  await page.goto('/settings')
  await expect(page.getByText('Set OPENAI_API_KEY to a key of OpenAI where a worker runs')).toBeVisible()
  const simulated = page.getByRole('listitem').filter({ hasText: 'no key needed' })
  await simulated.getByRole('button', { name: 'Check now' }).click()
  await expect(simulated.getByRole('status')).toContainText('Connected', { timeout: 30_000 })
  await look(page, 'settings')

  await page.getByRole('link', { name: 'Limits' }).click()
  await page.getByRole('button', { name: /^Change the limits of/ }).click()
  const dialog = page.getByRole('dialog', { name: /^Limits of/ })
  await dialog.getByLabel('Requests per minute').fill('0')
  await expect(dialog.getByRole('button', { name: 'Save limits' })).toHaveAttribute('aria-disabled', 'true')
  await dialog.getByLabel('Requests per minute').fill('600')
  await dialog.getByRole('button', { name: 'Save limits' }).click()
  await expect(page.getByRole('table', { name: 'Limits' })).toContainText('600 set here')

  await page.getByRole('link', { name: 'Workers' }).click()
  await expect(page.getByRole('table', { name: 'Workers' })).toContainText('Online')

  await page.getByRole('link', { name: 'Models and prices' }).click()
  await page.getByLabel('Find a model').fill('Balanced')
  const models = page.getByRole('table', { name: 'Models' })
  await expect(models.getByRole('row')).toHaveCount(2)
  await page.getByRole('button', { name: 'Set the price of Balanced (simulated)' }).click()
  const price = page.getByRole('dialog', { name: 'Price of Balanced (simulated)' })
  await price.getByLabel('Input of tier 1', { exact: true }).fill('0.75')
  await price.getByRole('button', { name: 'Save price' }).click()
  await expect(models).toContainText('$0.75')
  await expect(models).toContainText('set by an admin')
})
