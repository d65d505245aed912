import { fileURLToPath } from 'node:url'

import type { Page } from '@playwright/test'

type Picture = { width?: number; height?: number; colorScheme?: 'light' | 'dark' }

/**
 * Takes the picture `name` of the documentation, where `PROBITY_PICTURES=yes` asks for it:
 * the pages that people are shown are those that were tested.
 */
export async function look(page: Page, name: string, { width = 1440, height = 900, colorScheme = 'light' }: Picture = {}) {
  if (process.env['PROBITY_PICTURES'] !== 'yes') return
  const before = page.viewportSize()
  await page.setViewportSize({ width, height })
  await page.emulateMedia({ colorScheme })
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: fileURLToPath(new URL(`../../docs/images/${name}.png`, import.meta.url)), animations: 'disabled' })
  await page.emulateMedia({ colorScheme: 'light' })
  if (before) await page.setViewportSize(before)
}
