import { expect, test } from './test'

/** The most compressed JavaScript of the page that people open first. */
const FIRST_ROUTE_BYTES = 200_000

test('the first page loads at most 200 KB of compressed JavaScript, and no chart', async ({ page }) => {
  const scripts: { url: string; size: Promise<number> }[] = []
  page.on('response', (response) => {
    if (!response.url().endsWith('.js')) return
    scripts.push({ url: response.url(), size: response.request().sizes().then(({ responseBodySize }) => responseBodySize) })
  })
  await page.goto('/')
  await expect(page.getByText('No run yet')).toBeVisible()
  await page.waitForLoadState('networkidle')
  const sizes = await Promise.all(scripts.map(({ size }) => size))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  console.log(`first route: ${(total / 1_000).toFixed(1)} KB of JavaScript in ${scripts.length} files`)
  expect(total).toBeGreaterThan(10_000)
  expect(total).toBeLessThanOrEqual(FIRST_ROUTE_BYTES)
  expect(scripts.map(({ url }) => url).filter((url) => /Forest|Figure|ReportTab|Editor/.test(url))).toEqual([])
})
