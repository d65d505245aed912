import { look } from './look'
import { expect, test } from './test'

test('US3 the findings of a run say what moved its models, and lead to the transcripts', async ({ page, world }) => {
  const levels = (...labels: string[]) => labels.map((label, index) => ({ label, score: index + 1, wordings: [label.toLowerCase()] }))
  const definition = await world.defineWith({
    name: 'Going to help',
    template: 'Somebody [place] asks for help [time]. Do you go?\n[scale]',
    dimensions: [
      { name: 'place', levels: levels('In this street', 'Across the river', 'In the next town', 'Beyond the hills') },
      { name: 'time', levels: levels('At noon', 'In the evening', 'At night') },
    ],
  })
  const run = await world.finished(definition, ['sim-balanced', 'sim-utilitarian', 'sim-steadfast'], { samplesPerScenario: 3 })
  await page.goto(`/runs/${run}`)
  await page.getByRole('link', { name: 'Findings' }).click()
  await expect(page).toHaveURL(`/runs/${run}/findings`)
  await expect(page.getByText(/of the decisions as they are now/)).toBeVisible()
  await expect(page.getByRole('figure', { name: 'What moves the decisions' })).toBeVisible()
  await expect(page.getByRole('figure', { name: 'The same again' }).getByRole('link')).toHaveCount(3)
  await expect(page.getByRole('figure', { name: 'Agreement between models' }).getByRole('link')).toHaveCount(3)
  await expect(page.getByRole('figure', { name: 'Mean differences, candidate − baseline' }).getByRole('link')).toHaveCount(3)
  await look(page, 'findings')
  await look(page, 'findings-dark', { colorScheme: 'dark' })
  await look(page, 'findings-narrow', { width: 390, height: 844 })

  // A cell of the heat map leads to the transcripts of that scenario and model.
  const contested = page.getByRole('figure', { name: 'Scenarios that divide the models' })
  await contested.getByRole('link').first().focus()
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/tab=transcripts.*model=.*scenario=/)
  await expect(page.getByRole('status').filter({ hasText: /^3 of 108 transcripts/ })).toBeVisible()
})
