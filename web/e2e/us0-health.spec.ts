import { expect, test } from './test'

test('US0 the health of the system is seen, and a test run proves the way end to end', async ({ page, server, world }) => {
  await page.goto('/')
  await page.getByRole('button', { name: 'System health: All well' }).click()
  const health = page.getByRole('dialog', { name: 'System health' })
  await expect(health).toContainText('Workers are online')
  await page.keyboard.press('Escape')
  await expect(health).toBeHidden()

  const run = await world.finished(await world.define('Going to help', 30), ['sim-balanced'], { isTest: true })
  await page.goto('/runs')
  await expect(page.getByRole('table', { name: 'Runs' })).toContainText('test run')
  await page.goto(`/runs/${run}`)
  await expect(page.getByRole('main')).toContainText('1 / 1 · 100 %')

  // A server that is away is said so, with what to do.
  await server.down()
  await page.getByRole('button', { name: 'System health: Needs attention' }).click()
  await expect(health).toContainText('The server does not answer')
})
