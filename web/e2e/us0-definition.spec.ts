import { codeArea, writeCode } from './code'
import { look } from './look'
import { expect, test } from './test'

const TEMPLATE = 'Somebody [place] asks you for help. Do you go?\n[scale]\nDecision: N'

test('US0 somebody writes a definition, sees its scenarios, and proves the way with a test run', async ({ page }) => {
  await page.goto('/definitions')
  await expect(page.getByText('No definition yet')).toBeVisible()
  await page.getByRole('link', { name: 'New definition' }).click()
  const preview = page.getByRole('complementary', { name: 'Preview' })
  await page.getByLabel('Name', { exact: true }).fill('Going to help')
  await writeCode(page, 'Preamble: the system prompt', 'You decide alone.')
  await writeCode(page, 'Template: the first question', TEMPLATE)

  // What is wrong is said beside what was typed, and mended from there.
  await expect(preview).toContainText('`[place]` names no dimension.')
  await expect(codeArea(page, 'Template: the first question').locator('.cm-unknown')).toHaveText('[place]')
  await page.getByRole('button', { name: 'Add dimension place' }).click()
  const levels = page.getByRole('table', { name: 'Levels of place' })
  await levels.getByLabel('Score of level 1').fill('1')
  await levels.getByLabel('Label of level 1').fill('Here')
  await levels.getByLabel('Wording of level 1').fill('in this street')
  await page.getByRole('button', { name: 'Add level' }).click()
  await levels.getByLabel('Score of level 2').fill('2')
  await levels.getByLabel('Label of level 2').fill('Far')
  await levels.getByLabel('Wording of level 2').fill('beyond the hills')
  await expect(preview.getByRole('status')).toHaveText('2scenarios')
  await expect(preview).toContainText('Somebody in this street asks you for help. Do you go?')
  await expect(codeArea(page, 'Template: the first question').locator('.cm-known').first()).toHaveText('[place]')
  await look(page, 'editor')

  await page.getByRole('button', { name: 'Save definition' }).click()
  await expect(page).toHaveURL(/\/definitions\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Going to help')
  const scenarios = page.getByRole('table', { name: 'Scenarios' })
  await expect(scenarios.getByRole('row')).toHaveCount(3)
  await page.getByLabel('place', { exact: true }).selectOption('Far')
  await expect(page.getByText('1 of 2 scenarios')).toBeVisible()
  await scenarios.getByText('Far').click()
  const sent = page.getByRole('region', { name: 'What is sent' })
  await expect(sent).toContainText('You decide alone.')
  await expect(sent).toContainText('Somebody beyond the hills asks you for help. Do you go?')
  await look(page, 'definition')
  // What is seen is in the address.
  await page.reload()
  await expect(sent).toContainText('Somebody beyond the hills asks you for help.')

  await page.getByRole('link', { name: 'Start run' }).click()
  await page.getByRole('checkbox', { name: /Balanced/ }).check()
  await page.getByRole('button', { name: 'Test run of one scenario' }).click()
  await expect(page).toHaveURL(/\/runs\/[0-9a-f-]{36}/)
  await expect(page.getByRole('main')).toContainText('1 / 1 · 100 %')
})

test('US0 the form and the text say the same, and a problem stands under its line', async ({ page, world }) => {
  const id = await world.define('Going to help', 2)
  await page.goto(`/definitions/${id}/edit`)
  await page.getByRole('button', { name: 'YAML' }).click()
  const area = codeArea(page, 'Definition as YAML')
  await expect(area).toContainText('label: Place 2')
  await expect(page).toHaveURL(/view=text/)
  const text = 'name: Going to help\ntemplate: Do you go to [nobody]? [scale]\ndecision:\n  scale:\n    - {value: 1}\n    - {value: 2}\n'
  await writeCode(page, 'Definition as YAML', text)
  await expect(area.locator('.cm-noted-failed')).toHaveText('template: Do you go to [nobody]? [scale]')
  await expect(area.locator('.cm-note-failed')).toContainText('`[nobody]` names no dimension.')
  await expect(page.getByRole('button', { name: 'Save new version' })).toHaveAttribute('aria-disabled', 'true')
  await page.getByRole('button', { name: 'Form' }).click()
  await expect(codeArea(page, 'Template: the first question')).toHaveText('Do you go to [nobody]? [scale]')
  await expect(page.getByRole('table', { name: 'Points of the scale' }).getByLabel('Value of point 2')).toHaveValue('2')

  // Nothing that was written is lost without asking.
  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Runs' }).click()
  const question = page.getByRole('dialog', { name: 'Leave without saving?' })
  await question.getByRole('button', { name: 'Go on writing' }).click()
  await expect(codeArea(page, 'Template: the first question')).toHaveText('Do you go to [nobody]? [scale]')

  await writeCode(page, 'Template: the first question', 'Do you go? [scale]')
  await page.getByRole('button', { name: 'Save new version' }).click()
  await expect(page.getByText('v2', { exact: true })).toBeVisible()
  await page.getByRole('link', { name: /^Versions/ }).click()
  const changes = page.getByRole('region', { name: 'Changes from version 1 to 2' })
  await expect(changes).toContainText('Do you go? [scale]')
  await expect(changes).toContainText('Place 1')
})

test('US0 a version that somebody else saved meanwhile is not written over unasked', async ({ page, server, world }) => {
  const id = await world.define('Going to help', 2)
  await page.goto(`/definitions/${id}/edit`)
  await page.getByLabel('Description').fill('Mine')
  await server.ask(
    'mutation ($input: UpdateDefinitionInput!) { updateDefinition(input: $input) { version { number } } }',
    { input: { id, content: { name: 'Going to help', template: 'Other. [scale]', decision: { scale: [{ value: 1 }, { value: 2 }] } } } },
  )
  await page.getByRole('button', { name: 'Save new version' }).click()
  await expect(page.getByRole('alert')).toContainText('Something changed meanwhile')
  await page.getByRole('button', { name: 'Save mine as the version after it' }).click()
  await expect(page.getByText('v3', { exact: true })).toBeVisible()
})

test('US0 a file is looked at before it is imported, and a taken name offers another', async ({ page }) => {
  await page.goto('/definitions')
  await page.getByRole('button', { name: 'Import' }).waitFor()
  const drop = async (name: string, text: string) => {
    const data = await page.evaluateHandle(
      ([fileName, content]) => {
        const transfer = new DataTransfer()
        transfer.items.add(new File([content ?? ''], fileName ?? ''))
        return transfer
      },
      [name, text],
    )
    await page.getByRole('heading', { level: 1 }).dispatchEvent('drop', { dataTransfer: data })
  }
  const good = 'name: Promise\ntemplate: Do you keep it? [scale]\ndecision:\n  scale:\n    - {value: 1}\n    - {value: 2}\n'
  await drop('promise.yaml', good.replace('[scale]', '[nobody]'))
  let dialog = page.getByRole('dialog', { name: 'Import promise.yaml' })
  await expect(dialog).toContainText('`[nobody]` names no dimension.')
  await expect(dialog).toContainText('line 2')
  await expect(dialog.getByRole('button', { name: 'Import' })).toHaveAttribute('aria-disabled', 'true')
  await dialog.getByRole('button', { name: 'Close' }).click()

  await drop('promise.yaml', good)
  await expect(dialog).toContainText('YAML · 1 scenario')
  await dialog.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Promise')

  await page.getByRole('navigation', { name: 'Places' }).getByRole('link', { name: 'Definitions' }).click()
  await drop('again.yaml', good.replace('keep it', 'break it'))
  dialog = page.getByRole('dialog', { name: 'Import again.yaml' })
  await expect(dialog).toContainText('This name is taken.')
  await dialog.getByRole('button', { name: 'Call it “Promise (2)”' }).click()
  await dialog.getByRole('button', { name: 'Import' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Promise (2)')
})

test('US0 a definition is forked, found by its fork, and taken away as a file', async ({ page, world }) => {
  const id = await world.define('Going to help', 3)
  await page.goto(`/definitions/${id}`)
  await page.getByRole('button', { name: 'Fork' }).click()
  const dialog = page.getByRole('dialog', { name: 'Fork version 1' })
  await dialog.getByLabel('Name of the fork').fill('Going to help, at night')
  await dialog.getByRole('button', { name: 'Fork' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Going to help, at night')
  await expect(page.getByText('Fork of Going to help v1')).toBeVisible()
  await page.getByRole('button', { name: 'Export' }).click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: /^Markdown/ }).click()
  expect((await download).suggestedFilename()).toMatch(/_v1\.md$/)
  await page.getByRole('link', { name: 'Definitions' }).first().click()
  const rows = page.getByRole('table', { name: 'Definitions' }).getByRole('row')
  await expect(rows.nth(1)).toContainText('1 fork')
  await expect(rows.nth(2)).toContainText('└Going to help, at night')
  await look(page, 'definitions')
})
