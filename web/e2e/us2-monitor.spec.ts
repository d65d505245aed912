import { look } from './look'
import { expect, test } from './test'

test.describe('US2 watching a run', () => {
  test.use({ latencyMs: 150, settings: { PROBITY_PROVIDERS__SIM__PARALLEL: '4', PROBITY_POLL_AFTER_MS: '500' } })

  test('US2 a run with a failing model is watched to its end', async ({ page, server, world }) => {
    await server.faults({ kind: 'context_length', model: 'sim-cautious' })
    const run = await world.start(await world.define('Going to help', 12), ['sim-balanced', 'sim-cautious'])
    await page.goto(`/runs/${run}`)
    const models = page.getByRole('list', { name: 'Progress of each model' })
    await expect(models.getByRole('listitem').filter({ hasText: 'sim-cautious' })).toContainText('12/12 · 12 failed')
    await expect(models.getByRole('listitem').filter({ hasText: 'sim-balanced' })).toContainText('12/12')
    await expect(page.getByRole('main').getByRole('status').filter({ hasText: 'Completed with errors' })).toBeVisible()
    await expect(page.getByRole('main')).toContainText('24 / 24 · 100 %')

    // It stops asking once nothing changes.
    let asked = 0
    page.on('request', (request) => {
      if (request.postData()?.includes('query RunPage')) asked += 1
    })
    await page.waitForTimeout(2_000)
    expect(asked).toBe(0)

    await page.getByRole('link', { name: '12 failed', exact: false }).first().click()
    await expect(page).toHaveURL(/tab=failures/)
    await expect(page.getByRole('heading', { name: 'Why' })).toBeVisible()
    const causes = page.getByRole('list', { name: 'Causes' })
    await expect(causes.getByRole('heading', { level: 3 })).toHaveCount(1)
    await expect(causes).toContainText('12 probes')
    await expect(causes).toContainText('What to do')
    await expect(causes.getByRole('list', { name: 'What they say' })).toContainText('context length')
    await look(page, 'failures')
    // An example leads to what its tries met.
    await causes.getByRole('link', { name: /· Place 1$/ }).click()
    const probe = page.getByRole('dialog')
    await expect(probe).toContainText('HTTP 400')
    await probe.getByRole('button', { name: 'Close' }).click()
    await expect(probe).toBeHidden()
  })

  test('US2 what a model waits for stands at its bar, and beside the status when the run will be over', async ({ page, server, world }) => {
    await server.faults({ kind: { rate_limited: { retry_after: { seconds: 25 } } }, model: 'sim-cautious' })
    const run = await world.start(await world.define('Going to help', 200), ['sim-balanced', 'sim-cautious'], { budgetUsd: 5, maxTokens: 400 })
    await page.goto(`/runs/${run}`)
    const cautious = page.getByRole('list', { name: 'Progress of each model' }).getByRole('listitem').filter({ hasText: 'sim-cautious' })
    const reason = cautious.getByRole('button', { name: /^rate limit/ })
    await expect(reason).toBeVisible()
    await page.mouse.move(10, 10)
    await reason.hover()
    await expect(page.getByRole('tooltip')).toContainText(/sim/)
    await expect(page.getByRole('main')).toContainText(/\$\d\.\d+ of \$5\.00/)
    await look(page, 'waiting', { height: 720 })
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(page.getByRole('button', { name: 'no end in sight' })).toBeVisible()
    await server.faults()
    await page.getByRole('button', { name: 'Resume' }).click()
    await expect(page.getByRole('button', { name: /left$|^nearly done$/ })).toBeVisible()
  })

  test('US2 a server that goes away and comes back is survived, and said', async ({ page, server, world }) => {
    const run = await world.start(await world.define('Going to help', 200), ['sim-balanced'])
    await page.goto(`/runs/${run}`)
    await expect(page.getByRole('main').getByRole('status').filter({ hasText: 'Running' })).toBeVisible()
    await server.down()
    const stale = page.getByRole('status').filter({ hasText: 'No connection. This is from' })
    await expect(stale).toBeVisible()
    // What is known stays, and commands say why they have to wait.
    await expect(page.getByRole('heading', { level: 1, name: 'Going to help' })).toBeVisible()
    // Somebody with a mouse has moved it before.
    await page.mouse.move(10, 10)
    await page.getByRole('button', { name: 'Pause' }).hover()
    await expect(page.getByRole('tooltip')).toContainText('The server does not answer')
    await server.up()
    await expect(stale).toBeHidden({ timeout: 40_000 })
  })

  test('US2 a command that meets a broken connection is sent again with the same token', async ({ page, world }) => {
    const run = await world.start(await world.define('Going to help', 400), ['sim-balanced'])
    const tokens: unknown[] = []
    await page.route('**/graphql', async (route) => {
      const body = route.request().postDataJSON() as { query: string; variables: { input?: { clientToken?: string } } }
      if (!body.query.includes('mutation PauseRun')) return route.continue()
      tokens.push(body.variables.input?.clientToken)
      return tokens.length < 3 ? route.abort('connectionreset') : route.continue()
    })
    await page.goto(`/runs/${run}`)
    await page.getByRole('button', { name: 'Pause' }).click()
    await expect(page.getByRole('status').filter({ hasText: 'sending the same command again' })).toBeVisible()
    await expect(page.getByRole('button', { name: 'Resume' })).toBeVisible()
    expect(tokens).toHaveLength(3)
    expect(new Set(tokens).size).toBe(1)
    expect(tokens[0]).toBeTruthy()
  })
})
