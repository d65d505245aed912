import { look } from './look'
import { expect, test } from './test'

test('US6 the list of runs is filtered, and its address says how', async ({ page, server, world }) => {
  const [helping, lying] = [await world.define('Going to help', 2), await world.define('Telling a lie', 2)]
  await world.finished(helping, ['sim-balanced'])
  await world.finished(lying, ['sim-steadfast'])
  await server.faults({ kind: 'context_length' })
  await world.finished(lying, ['sim-balanced'])
  await page.goto('/runs')
  const rows = page.getByRole('table', { name: 'Runs' }).getByRole('row')
  await expect(rows).toHaveCount(4)

  await page.getByRole('searchbox').fill('lie')
  await expect(page).toHaveURL(/text=lie/)
  await expect(rows).toHaveCount(3)
  await page.getByLabel('Status', { exact: true }).selectOption('Failed')
  await expect(page).toHaveURL(/status=FAILED/)
  await expect(rows).toHaveCount(2)
  await expect(page.getByRole('status').filter({ hasText: '1 of 3 runs' })).toBeVisible()

  await look(page, 'runs')

  // The address alone opens the same; chips take it back one by one.
  await page.reload()
  await expect(rows).toHaveCount(2)
  await page.getByRole('button', { name: 'Remove the filter Failed' }).click()
  await expect(rows).toHaveCount(3)
  await page.getByLabel('Model', { exact: true }).selectOption('sim/sim-steadfast')
  await expect(rows).toHaveCount(2)
  await page.getByRole('button', { name: 'Clear all' }).click()
  await expect(rows).toHaveCount(4)
  await page.getByLabel('Definition', { exact: true }).selectOption('Going to help')
  await expect(rows).toHaveCount(2)

  await page.getByRole('searchbox').fill('nothing is called that')
  await expect(page.getByText('No run fits these filters')).toBeVisible()
  await page.getByRole('link', { name: 'Show all runs' }).click()
  await rows.nth(1).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/)
})

test('US6 the home page says what runs, what failed and what waits', async ({ page, server, world }) => {
  await page.goto('/')
  await expect(page.getByText('No run yet')).toBeVisible()
  await server.faults({ kind: 'context_length' })
  await world.finished(await world.define('Going to help', 2), ['sim-balanced'])
  await world.start(await world.define('Large', 1_001), ['sim-balanced'])
  await page.reload()
  await expect(page.getByText('Going to help: 2 probes failed')).toBeVisible()
  await expect(page.getByRole('main').getByText(/Large waits for a person/)).toBeVisible()
  await expect(page.getByRole('table', { name: 'Recent runs' }).getByRole('row')).toHaveCount(3)
  await look(page, 'home')
})
