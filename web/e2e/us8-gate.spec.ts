import { look } from './look'
import { expect, test } from './test'

test.use({ settings: { PROBITY_APPROVAL_THRESHOLD_SCENARIOS: '3', PROBITY_POLL_AFTER_MS: '500' } })

test('US8 a run over the threshold waits until somebody approves it', async ({ page, world }) => {
  const run = await world.start(await world.define('Going to help', 5), ['sim-balanced'])
  await page.goto('/')
  await expect(page.getByRole('button', { name: 'System health: Waits for you' })).toBeVisible()
  await page.goto(`/runs/${run}`)
  const gate = page.getByRole('region', { name: 'Waits for a person' })
  await expect(gate).toContainText('Needs approval before it starts.')
  await gate.getByLabel('Comment (kept with the decision)').fill('Worth it')
  await look(page, 'gate')
  await gate.getByRole('button', { name: 'Approve' }).click()
  await expect(gate).toBeHidden()
  await expect(page.getByRole('main').getByRole('status').filter({ hasText: 'Completed' })).toBeVisible()
  await page.getByRole('link', { name: 'Events' }).click()
  await expect(page.getByRole('main')).toContainText('local: approve, “Worth it”')
  await expect(page.getByRole('list', { name: 'Events' })).toContainText('Approved by local')
})

test('US8 a rejected run ends as failed', async ({ page, world }) => {
  const run = await world.start(await world.define('Going to help', 5), ['sim-balanced'])
  await page.goto(`/runs/${run}`)
  await page.getByRole('button', { name: 'Reject' }).click()
  await page.getByRole('dialog', { name: 'Reject this run?' }).getByRole('button', { name: 'Reject' }).click()
  await expect(page.getByRole('main').getByRole('status').filter({ hasText: 'Failed because a gate was rejected' })).toBeVisible()
})
