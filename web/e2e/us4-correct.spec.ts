import { expect, test } from './test'

test('US4 a decision is corrected by hand, and what was read before stays', async ({ page, server, world }) => {
  const run = await world.finished(await world.define('Going to help', 1), ['sim-balanced'])
  const { transcripts } = await server.ask<{ transcripts: { nodes: { id: string; decision: { value: string } }[] } }>(
    'query ($id: ID!) { transcripts(runId: $id) { nodes { id decision { value } } } }',
    { id: run },
  )
  const read = transcripts.nodes[0]
  const other = read?.decision.value === '2' ? '3' : '2'
  await page.goto(`/transcripts/${read?.id ?? ''}`)
  await expect(page.getByRole('article', { name: 'Conversation' })).toBeVisible()
  await page.keyboard.press('e')
  const dialog = page.getByRole('dialog', { name: 'Correct the decision' })
  await expect(dialog.getByRole('radio', { checked: true })).toHaveAccessibleName(new RegExp(`^${read?.decision.value ?? ''} ·`))
  await dialog.getByRole('radio', { name: new RegExp(`^${other} ·`) }).check()
  // The button says what is missing, and does nothing yet.
  await dialog.getByRole('button', { name: 'Correct decision' }).click({ force: true })
  await expect(dialog).toBeVisible()
  await dialog.getByLabel('Why').fill('The last sentence says so.')
  await dialog.getByRole('button', { name: 'Correct decision' }).click()
  await expect(dialog).toBeHidden()
  const readings = page.getByRole('list', { name: 'Readings' })
  await expect(readings.getByRole('listitem')).toHaveCount(2)
  await expect(readings.getByRole('listitem').first()).toContainText(`${other}by local · in force · The last sentence says so.`)
  await expect(readings.getByRole('listitem').last()).toContainText('by the deterministic reader')
  await expect(page.getByRole('complementary', { name: 'About this transcript' })).toContainText('by local')

  // The results follow.
  await page.goto(`/runs/${run}?tab=transcripts&decision=${other}`)
  await expect(page.getByRole('table', { name: 'Transcripts' }).getByRole('row')).toHaveCount(2)
  await page.goto(`/runs/${run}?tab=configuration`)
  await expect(page.getByRole('button', { name: 'Read the answers again' })).toHaveAttribute('aria-disabled', 'true')
  await expect(page.getByRole('main')).toContainText('Nothing is to be read again')
})
