import { textIn } from '@/frame/searchParams'

/** What a run is started from, as the address says it. */
export type NewRunSearch = {
  /** The id of the definition. */
  definition?: string | undefined
  /** The number of its version; left out: the latest. */
  version?: string | undefined
  /** Models as the API takes them, `provider/model@version`, separated by commas. */
  models?: string | undefined
}

export const newRunSearch = (search: Record<string, unknown>): NewRunSearch => ({
  definition: textIn(search, 'definition'),
  version: textIn(search, 'version'),
  models: textIn(search, 'models'),
})
