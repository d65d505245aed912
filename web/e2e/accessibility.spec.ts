import AxeBuilder from '@axe-core/playwright'

import { expect, test } from './test'

const TABS = ['results', 'findings', 'transcripts', 'failures', 'judge', 'report', 'events', 'configuration', 'related']

for (const colorScheme of ['light', 'dark'] as const) {
  test(`no page has a violation that axe finds, in the ${colorScheme} theme`, async ({ page, server, world }) => {
    test.setTimeout(180_000)
    await page.emulateMedia({ colorScheme })
    await server.faults({ kind: 'context_length', model: 'sim-cautious' })
    const definition = await world.define('Going to help', 4)
    const done = await world.finished(definition, ['sim-balanced', 'sim-cautious'])
    const gated = await world.start(await world.define('Large', 1_001), ['sim-balanced'])
    const { transcripts } = await server.ask<{ transcripts: { nodes: { id: string }[] } }>(
      'query ($id: ID!) { transcripts(runId: $id, first: 1) { nodes { id } } }',
      { id: done },
    )
    await server.faults({ kind: 'wrong_schema', model: 'sim-steadfast' })
    const judge = { provider: 'sim', model: 'sim-steadfast' }
    const judged = await world.finished(await world.define('Unsure', 30), ['sim-cautious'], { samplesPerScenario: 4, sampleSeed: 7, judge })
    const paths = [
      '/',
      '/runs',
      '/runs?text=nothing',
      ...TABS.map((tab) => `/runs/${done}?tab=${tab}`),
      `/runs/${gated}`,
      `/runs/${judged}?tab=judge`,
      `/runs/${judged}/reviews`,
      `/runs/${judged}/reviews?decided=yes`,
      `/runs/${done}/reviews`,
      '/compare',
      `/compare?baseline=${done}&candidate=${done}`,
      `/transcripts/${transcripts.nodes[0]?.id ?? ''}?raw=yes`,
      '/definitions',
      '/definitions?text=nothing',
      `/definitions/${definition}?scenario=${encodeURIComponent('place=Place 2')}`,
      `/definitions/${definition}?tab=content`,
      `/definitions/${definition}?tab=versions`,
      `/definitions/${definition}/edit`,
      `/definitions/${definition}/edit?view=text`,
      '/definitions/new',
      '/runs/new',
      `/runs/new?definition=${definition}&models=sim/sim-balanced,openai/gpt-4o&judge=sim/sim-steadfast`,
      ...['providers', 'limits', 'workers', 'models'].map((tab) => `/settings?tab=${tab}`),
      '/no/such/page',
    ]
    for (const path of paths) {
      await page.goto(path)
      await page.waitForLoadState('networkidle')
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => `${path}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
    }
  })
}

test('the palette, a dialog and a menu have no violation either', async ({ page, world }) => {
  const run = await world.finished(await world.define('Going to help', 2), ['sim-balanced'])
  await page.goto(`/runs/${run}`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  const check = async (what: string) => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
  }
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog', { name: 'Search or jump to' })).toBeVisible()
  await check('palette')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Re-run' }).click()
  await expect(page.getByRole('dialog', { name: 'Re-run' }).getByRole('checkbox')).toBeVisible()
  await check('dialog')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Download' }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await check('menu')
})

test('the dialogs of a transcript and of a failed probe, and the choice of columns, have no violation either', async ({ page, server, world }) => {
  await server.faults({ kind: 'context_length', model: 'sim-cautious' })
  const run = await world.finished(await world.define('Going to help', 2), ['sim-balanced', 'sim-cautious'])
  const check = async (what: string) => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
  }
  await page.goto(`/runs/${run}?tab=failures`)
  await page.getByRole('table', { name: 'Failed probes' }).getByRole('link').first().click()
  await expect(page.getByRole('dialog')).toContainText('HTTP 400')
  await check('failed probe')
  await page.goto(`/runs/${run}?tab=transcripts`)
  await page.getByRole('button', { name: /^Columns/ }).click()
  await expect(page.getByRole('menu', { name: 'Columns' })).toBeVisible()
  await check('columns')
  await page.keyboard.press('Escape')
  await page.getByRole('table', { name: 'Transcripts' }).getByRole('link').first().click()
  await expect(page.getByRole('article', { name: 'Conversation' })).toBeVisible()
  await page.keyboard.press('e')
  await expect(page.getByRole('dialog', { name: 'Correct the decision' })).toBeVisible()
  await check('correct')
})

test('the dialogs of definitions and settings have no violation either', async ({ page, world }) => {
  const definition = await world.define('Going to help', 2)
  const check = async (what: string) => {
    const { violations } = await new AxeBuilder({ page }).analyze()
    expect(violations.map(({ id, nodes }) => `${what}: ${id} ${nodes[0]?.html ?? ''}`)).toEqual([])
  }
  await page.goto(`/definitions/${definition}`)
  await page.getByRole('button', { name: 'Fork' }).click()
  await expect(page.getByRole('dialog', { name: 'Fork version 1' })).toBeVisible()
  await check('fork')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Export' }).click()
  await expect(page.getByRole('menu')).toBeVisible()
  await check('export')
  await page.goto('/definitions')
  const chooser = page.waitForEvent('filechooser')
  await page.getByRole('button', { name: 'Import' }).click()
  await (await chooser).setFiles({
    name: 'again.yaml',
    mimeType: 'text/yaml',
    buffer: Buffer.from('name: Going to help\ntemplate: "[nobody]"\ndecision: free_text\n'),
  })
  await expect(page.getByRole('dialog', { name: 'Import again.yaml' })).toContainText('names no dimension')
  await check('import')
  await page.goto('/settings?tab=limits')
  await page.getByRole('button', { name: /^Change the limits/ }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await check('limits')
  await page.goto('/settings?tab=models&text=balanced')
  await page.getByRole('button', { name: /^Set the price/ }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await check('price')
})
