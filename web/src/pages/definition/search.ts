import { textIn, wordIn } from '@/frame/searchParams'

export const DEFINITION_TABS = ['scenarios', 'content', 'versions'] as const
export type DefinitionTab = (typeof DEFINITION_TABS)[number]

/** What the page of a definition shows, as its address says it. */
export type DefinitionSearch = {
  /** Left out: the scenarios. */
  tab?: DefinitionTab | undefined
  /** The number of the version shown; left out: the latest. */
  version?: string | undefined
  /** The number of the version that it is compared with; left out: the one before. */
  against?: string | undefined
  /** Levels that scenarios are narrowed to: `dimension=label;…`, each part percent-encoded. */
  levels?: string | undefined
  /** A text in the scenario's key or values. */
  text?: string | undefined
  /** The key of the scenario whose prompt is shown. */
  scenario?: string | undefined
  /** Ids of columns that are left out, separated by commas. */
  hide?: string | undefined
}

const numberIn = (search: Record<string, unknown>, name: string) => {
  const text = textIn(search, name)
  return text && /^[1-9]\d*$/.test(text) ? text : undefined
}

export const definitionSearch = (search: Record<string, unknown>): DefinitionSearch => ({
  tab: wordIn(search, 'tab', DEFINITION_TABS),
  version: numberIn(search, 'version'),
  against: numberIn(search, 'against'),
  levels: textIn(search, 'levels'),
  text: textIn(search, 'text'),
  scenario: textIn(search, 'scenario'),
  hide: textIn(search, 'hide'),
})
