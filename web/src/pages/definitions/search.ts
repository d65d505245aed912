import { textIn } from '@/frame/searchParams'

/** What the list of definitions shows, as its address says it. */
export type DefinitionsSearch = {
  text?: string | undefined
  tag?: string | undefined
  /** Ids of columns that are left out, separated by commas. */
  hide?: string | undefined
}

export const definitionsSearch = (search: Record<string, unknown>): DefinitionsSearch => ({
  text: textIn(search, 'text'),
  tag: textIn(search, 'tag'),
  hide: textIn(search, 'hide'),
})
