import { getRouteApi, Link } from '@tanstack/react-router'

import { useCrumbs } from '@/frame/crumbs'
import { Page } from '@/ui/Page'
import { Tabs } from '@/ui/Tabs'

import { LimitsTab } from './LimitsTab'
import { ModelsTab } from './ModelsTab'
import { ProvidersTab } from './ProvidersTab'
import { SETTINGS_TABS, type SettingsTab } from './search'
import { WorkersTab } from './WorkersTab'

const route = getRouteApi('/settings')

const WORDS: Record<SettingsTab, string> = { providers: 'Providers', limits: 'Limits', workers: 'Workers', models: 'Models and prices' }

/** Who serves models, how much may be asked of them, who asks, and what it costs. */
export function SettingsPage() {
  const { tab = 'providers' } = route.useSearch()
  useCrumbs({ word: 'Settings', to: '/settings' }, { word: WORDS[tab] })
  return (
    <Page title="Settings" isWide={tab !== 'providers'}>
      <Tabs
        label="Parts of the settings"
        current={tab}
        tabs={SETTINGS_TABS.map((id) => ({ id, word: WORDS[id] }))}
        link={(id, className, isCurrent, word) => (
          <Link to="/settings" search={id === 'providers' ? {} : { tab: id }} className={className} aria-current={isCurrent ? 'page' : undefined}>
            {word}
          </Link>
        )}
      />
      {tab === 'providers' && <ProvidersTab />}
      {tab === 'limits' && <LimitsTab />}
      {tab === 'workers' && <WorkersTab />}
      {tab === 'models' && <ModelsTab />}
    </Page>
  )
}
