import type { ProviderCardFragment, ProviderLimitsFragment } from '@/api/generated/graphql'
import { CheckProviderDocument } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { useWriteBlocked } from '@/frame/useWriteBlocked'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Notice } from '@/ui/Notice'
import { useNow } from '@/ui/now'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Stale } from '@/ui/Stale'
import { Look } from '@/ui/StatusWord'
import { Time } from '@/ui/Time'
import { counted, span } from '@/words/format'

import { connectionOf, waitsOf } from './connection'
import { useProviders } from './useProviders'

/** Who serves models: which can be asked, how they are, and how the others are set up. */
export function ProvidersTab() {
  const query = useProviders()
  if (!query.data) return query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={8} />
  const { providers, providerStates } = query.data
  const ready = providers.nodes.filter(({ isConfigured }) => isConfigured)
  const others = providers.nodes.filter(({ isConfigured }) => !isConfigured)
  return (
    <div className="flex flex-col gap-6">
      <Stale since={query.staleSince} />
      <Section title="Set up" note={counted(ready.length, 'provider')}>
        {ready.length === 0 && <p className="text-quiet">None: give a worker the key of one of those below.</p>}
        <ul className="flex flex-col divide-y rounded-md border bg-surface empty:hidden">
          {ready.map((provider) => (
            <ReadyProvider key={provider.id} provider={provider} state={providerStates.find(({ providerId }) => providerId === provider.id)} />
          ))}
        </ul>
      </Section>
      <Section
        title="Not set up"
        note="Keys stay where workers run: they are never sent to this page, nor kept in the database."
      >
        <ul className="flex flex-col divide-y rounded-md border bg-surface empty:hidden">
          {others.map((provider) => (
            <li key={provider.id} className="grid gap-x-6 gap-y-1 px-4 py-2.5 sm:grid-cols-[12rem_1fr]">
              <span className="font-medium">{provider.displayName}</span>
              <span className="text-sm text-quiet [overflow-wrap:anywhere]">{provider.notConfiguredBecause}</span>
            </li>
          ))}
        </ul>
      </Section>
    </div>
  )
}

function ReadyProvider({ provider, state }: { provider: ProviderCardFragment; state: ProviderLimitsFragment | undefined }) {
  const writeBlocked = useWriteBlocked()
  const now = useNow()
  const command = useCommand(CheckProviderDocument, { isTokenless: true, invalidates: [['providers'], ['health']] })
  const { lastCheck: check } = provider
  const waits = waitsOf(state, now)
  return (
    <li className="flex flex-col gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-x-6 gap-y-1">
        <span className="font-medium sm:w-40">{provider.displayName}</span>
        <span className="max-sm:flex-1 sm:w-36" role="status">
          <Look look={connectionOf(provider)} />
        </span>
        <span className="figures min-w-0 flex-1 text-sm text-quiet max-sm:order-last max-sm:basis-full">
          {[
            provider.isKeyRequired ? (provider.keyVariable ?? 'with a key') : 'no key needed',
            `served by ${counted(provider.workers.length, 'worker')}`,
            check?.latencyMs != null ? `answered in ${span(check.latencyMs)}` : '',
            check?.modelCount != null ? `lists ${counted(check.modelCount, 'model')}` : '',
            state && state.inFlight > 0 ? `${counted(state.inFlight, 'call')} in flight` : '',
          ]
            .filter(Boolean)
            .join(' · ')}
          {check && (
            <>
              {' · checked '}
              <Time at={check.checkedAt} />
            </>
          )}
        </span>
        <Button
          size="small"
          disabledReason={writeBlocked}
          isPending={command.isPending || provider.isCheckPending}
          hint="Asks an address that costs nothing whether it answers and takes the key"
          onPress={() => command.run({ providerId: provider.id })}
        >
          Check now
        </Button>
      </div>
      {check?.isConfigured && check.errorMessage != null && (
        <Notice tone="failed" title={check.errorMessage}>
          <span className="text-quiet">{check.whatToDo}</span>
        </Notice>
      )}
      {waits.map((wait) => (
        <Notice key={wait} tone="warning">
          {wait}
        </Notice>
      ))}
      {command.error && <ErrorNote error={command.error} />}
    </li>
  )
}
