import { textIn, wordIn } from '@/frame/searchParams'

export const SETTINGS_TABS = ['providers', 'limits', 'workers', 'models'] as const
export type SettingsTab = (typeof SETTINGS_TABS)[number]

/** What the settings show, as their address says it. */
export type SettingsSearch = {
  /** Left out: the providers. */
  tab?: SettingsTab | undefined
  /** Narrows the models. */
  text?: string | undefined
  provider?: string | undefined
}

export const settingsSearch = (search: Record<string, unknown>): SettingsSearch => ({
  tab: wordIn(search, 'tab', SETTINGS_TABS),
  text: textIn(search, 'text'),
  provider: textIn(search, 'provider'),
})
