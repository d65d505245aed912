import { expect, test } from './test'

test.use({ latencyMs: 200, settings: { PROBITY_PROVIDERS__SIM__PARALLEL: '2', PROBITY_POLL_AFTER_MS: '500' } })

test('US7 a run is paused, resumed and cancelled', async ({ page, world }) => {
  const run = await world.start(await world.define('Going to help', 100), ['sim-balanced'])
  await page.goto(`/runs/${run}`)
  const line = page.getByRole('main').getByRole('status')
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(line.filter({ hasText: 'Paused' })).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).click()
  await expect(line.filter({ hasText: 'Running' })).toBeVisible()

  await page.getByRole('button', { name: 'Cancel run' }).click()
  const dialog = page.getByRole('dialog', { name: 'Cancel this run?' })
  await dialog.getByRole('button', { name: 'Let it run' }).click()
  await expect(dialog).toBeHidden()
  await page.getByRole('button', { name: 'Cancel run' }).click()
  await dialog.getByRole('button', { name: 'Cancel run' }).click()
  await expect(line.filter({ hasText: 'Cancelled' })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Cancel run' })).toBeHidden()
  await expect(page.getByRole('main')).toContainText(/\d+ cancelled/)

  // What cannot be done says why.
  await page.getByRole('button', { name: /Retry failed/ }).hover()
  await expect(page.getByRole('tooltip')).toContainText('No probe failed.')
})

test('US7 failed probes are retried, and a run is run again with the models of before', async ({ page, server, world }) => {
  await server.faults({ kind: 'context_length', model: 'sim-cautious' })
  const run = await world.finished(await world.define('Going to help', 3), ['sim-balanced', 'sim-cautious'])
  await page.goto(`/runs/${run}`)
  await server.faults()
  await page.getByRole('button', { name: 'Retry 3 failed probes' }).click()
  await expect(page.getByRole('main').getByRole('status').filter({ hasText: /Completed$/ })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('6 / 6 · 100 %')

  await page.getByRole('button', { name: 'Re-run' }).click()
  const dialog = page.getByRole('dialog', { name: 'Re-run' })
  await expect(dialog.getByRole('checkbox', { name: 'sim-balanced' })).toBeChecked()
  await dialog.getByRole('checkbox', { name: 'sim-cautious' }).uncheck()
  await dialog.getByLabel('Version of sim-balanced').selectOption('sim-balanced-2026-03-10')
  // Pressed twice, started once.
  await dialog.getByRole('button', { name: 'Start run with 1 model' }).dblclick()
  await expect(page).not.toHaveURL(new RegExp(run))
  await expect(page.getByRole('list', { name: 'Progress of each model' })).toContainText('sim-balanced')
  const { runs } = await server.ask<{ runs: { totalCount: number } }>('{ runs { totalCount } }')
  expect(runs.totalCount).toBe(2)
  await page.getByRole('link', { name: 'Related runs' }).click()
  await expect(page.getByRole('table', { name: 'The run that this one repeats' }).getByRole('row')).toHaveCount(2)
})
