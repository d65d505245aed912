import { useState } from 'react'

import type { LimitSource, ProviderLimitsFragment } from '@/api/generated/graphql'
import { useAdminBlocked } from '@/frame/useWriteBlocked'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Empty } from '@/ui/Notice'
import { Stale } from '@/ui/Stale'
import { Table, type Column } from '@/ui/table/Table'
import { span, whole } from '@/words/format'

import { LimitsDialog } from './LimitsDialog'
import { useProviders } from './useProviders'

const SOURCES: Record<LimitSource, string> = {
  CONFIGURED: 'configured',
  ADMIN: 'set here',
  STATED: 'stated by the provider',
  LEARNED: 'learned',
}

type Row = { state: ProviderLimitsFragment; name: string }

/** What all workers together may ask of each provider. */
export function LimitsTab() {
  const query = useProviders()
  const adminBlocked = useAdminBlocked()
  const [changed, setChanged] = useState<string | null>(null)
  const names = new Map(query.data?.providers.nodes.map(({ id, displayName }) => [id, displayName]))
  const rows = query.data?.providerStates.map((state): Row => ({ state, name: names.get(state.providerId) ?? state.providerId }))
  const columns: Column<Row>[] = [
    { id: 'provider', header: 'Provider', cell: ({ name }) => <span className="font-medium">{name}</span> },
    limit('Calls in flight', 'parallel'),
    limit('Requests / min', 'requestsPerMinute'),
    limit('Tokens / min', 'tokensPerMinute', 'sm'),
    limit('Requests / day', 'requestsPerDay', 'md'),
    { id: 'flying', header: 'In flight now', align: 'right', hideBelow: 'md', cell: ({ state }) => whole(state.inFlight) },
    {
      id: 'line',
      header: 'Line',
      align: 'right',
      hideBelow: 'md',
      cell: ({ state }) => (state.backlogMs > 0 ? span(state.backlogMs) : <span className="text-quiet">none</span>),
    },
    {
      id: 'change',
      header: 'Change',
      isHeaderHidden: true,
      align: 'right',
      width: '6rem',
      cell: ({ state, name }) => (
        <Button size="small" label={`Change the limits of ${name}`} disabledReason={adminBlocked} onPress={() => setChanged(state.providerId)}>
          Change
        </Button>
      ),
    },
  ]
  const row = rows?.find(({ state }) => state.providerId === changed)
  if (query.error && !rows) return <ErrorNote error={query.error} onRetry={query.refetch} />
  return (
    <div className="flex flex-col gap-4">
      <Stale since={query.staleSince} />
      <p className="max-w-[75ch] text-quiet">
        They hold for all workers together, also for runs under way. What a provider states or what is learned from its refusals lowers them;
        nothing raises them above what is set.
      </p>
      <Table
        label="Limits"
        columns={columns}
        rows={rows}
        rowId={({ state }) => state.providerId}
        empty={<Empty title="No limits yet">They appear once a worker serves a provider.</Empty>}
      />
      {row && <LimitsDialog name={row.name} state={row.state} onClose={() => setChanged(null)} />}
    </div>
  )
}

type LimitName = 'parallel' | 'requestsPerMinute' | 'tokensPerMinute' | 'requestsPerDay'

function limit(header: string, name: LimitName, hideBelow?: 'sm' | 'md'): Column<Row> {
  return {
    id: name,
    header,
    align: 'right',
    ...(hideBelow && { hideBelow }),
    cell: ({ state }) => {
      const value = state[name]
      if (!value) return <span className="text-quiet">no limit</span>
      return (
        <span>
          {whole(value.value)} <span className="block text-xs text-quiet">{SOURCES[value.source]}</span>
        </span>
      )
    },
  }
}
