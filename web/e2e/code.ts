import type { Locator, Page } from '@playwright/test'

/** An editor of texts or YAML, by its label. */
export const codeArea = (page: Page, label: string): Locator => page.getByRole('textbox', { name: label })

/** Puts a text in place of what stands in an editor, as somebody does who pastes it. */
export async function writeCode(page: Page, label: string, text: string) {
  const area = codeArea(page, label)
  await area.click()
  await page.keyboard.press('ControlOrMeta+a')
  await area.evaluate((element, pasted) => {
    const clipboardData = new DataTransfer()
    clipboardData.setData('text/plain', pasted)
    element.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }))
  }, text)
}
