import { test as base, expect } from '@playwright/test'

import { Server } from './server'
import { World } from './world'

type Fixtures = {
  /** How long a simulated model takes to answer, in milliseconds; `test.use({ latencyMs: … })`. */
  latencyMs: number
  /** Further `PROBITY_…` variables of the server. */
  settings: Record<string, string>
  server: Server
  world: World
}

/** A test with a server of its own. A page that throws, or that its policy stops, fails it. */
export const test = base.extend<Fixtures>({
  latencyMs: [20, { option: true }],
  settings: [{}, { option: true }],
  server: async ({ latencyMs, settings }, use) => {
    const server = await Server.start({ latencyMs, settings })
    await use(server)
    await server.end()
  },
  world: async ({ server }, use) => {
    await use(new World(server))
  },
  baseURL: async ({ server }, use) => {
    await use(server.url)
  },
  page: async ({ page }, use) => {
    const faults: string[] = []
    page.on('pageerror', (error) => faults.push(error.message))
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text())
    })
    page.on('dialog', (dialog) => {
      faults.push(`a dialog of the browser opened: ${dialog.message()}`)
      void dialog.dismiss()
    })
    await use(page)
    expect(faults).toEqual([])
  },
})

export { expect }
