import { look } from './look'
import { expect, test } from './test'

const HTML = '<script>alert(1)</script><img src=x onerror="alert(2)">'
const SCRIPTS = 'שלום עולם · مرحبا بالعالم · 你好 · नमस्ते · 👩‍👩‍👧‍👦 · e\u0301'

test('US4 a transcript is read as a document; nothing in it is executed', async ({ page, world }) => {
  const definition = await world.defineWith({
    name: 'Hostile text',
    template: `${HTML} ${SCRIPTS} [who]\n[scale]`,
    dimensions: [{ name: 'who', levels: ['A', 'B', 'C'].map((label) => ({ label, wordings: [`<b>${label}</b>`] })) }],
    followUps: ['Are you sure?'],
  })
  const run = await world.finished(definition, ['sim-utilitarian'])
  await page.goto(`/runs/${run}?tab=transcripts`)
  await page.getByRole('link', { name: 'A', exact: true }).click()
  const text = page.getByRole('article', { name: 'Conversation' })
  await expect(text).toContainText(HTML)
  await expect(text).toContainText(SCRIPTS)
  await expect(text.getByRole('heading', { name: 'Follow-up 1' })).toBeVisible()
  expect(await text.locator('script, img, b:text-is("A")').count()).toBe(0)

  // What the decision was read from is marked, and the reasoning is folded with its length.
  await expect(text.locator('mark')).toContainText(/\d/)
  await expect(text.locator('summary').first()).toHaveText(/Reasoning, \d+ words/)

  await look(page, 'transcript')

  // Next and previous by keyboard, to the ends.
  await page.keyboard.press('j')
  await expect(text).toContainText('<b>B</b>')
  await page.keyboard.press('j')
  await expect(text).toContainText('<b>C</b>')
  await page.keyboard.press('k')
  await expect(text).toContainText('<b>B</b>')
  await page.goBack()
  await expect(text).toContainText('<b>C</b>')

  await page.keyboard.press('r')
  await expect(page).toHaveURL(/raw=yes/)
  await expect(page.getByRole('heading', { name: 'Request 1' })).toBeVisible()
  await expect(page.getByRole('heading', { name: 'Reply 2' })).toBeVisible()
})

test('US4 tries show their errors and waits', async ({ page, server, world }) => {
  await server.faults({ kind: 'server_error', first_n: 1 })
  const run = await world.finished(await world.define('Going to help', 1), ['sim-balanced'])
  await page.goto(`/runs/${run}?tab=transcripts`)
  await page.getByRole('row').nth(1).click()
  const tries = page.locator('section', { has: page.getByRole('heading', { name: 'Tries' }) })
  await expect(tries.getByRole('listitem')).toHaveCount(2)
  await expect(tries.getByRole('listitem').first()).toContainText('Failed, tried again')
  await expect(tries.getByRole('listitem').first()).toContainText('HTTP 500')
  await expect(tries.getByRole('listitem').last()).toContainText('Succeeded')
})
