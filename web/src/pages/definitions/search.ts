import { textIn } from '@/frame/searchParams'

/** What the list of definitions shows, as its address says it. */
export type DefinitionsSearch = { text?: string | undefined; tag?: string | undefined }

export const definitionsSearch = (search: Record<string, unknown>): DefinitionsSearch => ({
  text: textIn(search, 'text'),
  tag: textIn(search, 'tag'),
})
