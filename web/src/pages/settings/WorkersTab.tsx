import { SettingsWorkersDocument, type WorkerRowFragment } from '@/api/generated/graphql'
import { usePolled } from '@/api/usePolled'
import { ErrorNote } from '@/ui/ErrorNote'
import { Empty, Notice } from '@/ui/Notice'
import { Stale } from '@/ui/Stale'
import { Look } from '@/ui/StatusWord'
import { Table, type Column } from '@/ui/table/Table'
import { Time } from '@/ui/Time'
import { counted } from '@/words/format'
import type { StatusLook } from '@/words/status'

const POLL_MS = 5_000
const SHOWN = 200

const ONLINE: StatusLook = { word: 'Online', shape: '●', tone: 'ok' }
const OFFLINE: StatusLook = { word: 'Offline', shape: '■', tone: 'failed' }

const COLUMNS: Column<WorkerRowFragment>[] = [
  { id: 'name', header: 'Worker', cell: ({ name }) => <span className="line-clamp-1 font-medium [overflow-wrap:anywhere]">{name}</span> },
  { id: 'state', header: 'State', width: '8rem', cell: ({ isOnline }) => <Look look={isOnline ? ONLINE : OFFLINE} /> },
  {
    id: 'providers',
    header: 'Serves',
    hideBelow: 'sm',
    cell: ({ providerIds }) => <span className="line-clamp-1 text-quiet" title={providerIds.join(', ')}>{providerIds.join(', ') || 'nothing: it holds no key'}</span>,
  },
  { id: 'version', header: 'Version', width: '7rem', hideBelow: 'md', cell: ({ version }) => version },
  { id: 'started', header: 'Started', align: 'right', width: '8rem', hideBelow: 'sm', cell: ({ startedAt }) => <Time at={startedAt} /> },
  { id: 'heard', header: 'Last heard of', align: 'right', width: '8rem', cell: ({ lastBeatAt }) => <Time at={lastBeatAt} /> },
]

/** The processes that put probes to models. */
export function WorkersTab() {
  const query = usePolled({ queryKey: ['workers'], document: SettingsWorkersDocument, variables: { first: SHOWN }, pollAfterMs: () => POLL_MS })
  const rows = query.data?.workers.nodes
  const offline = rows?.filter(({ isOnline }) => !isOnline).length ?? 0
  const command = <code className="font-mono">probity worker</code>
  if (query.error && !rows) return <ErrorNote error={query.error} onRetry={query.refetch} />
  return (
    <div className="flex flex-col gap-4">
      <Stale since={query.staleSince} />
      {offline > 0 && (
        <Notice tone={offline === rows?.length ? 'failed' : 'warning'} title={`${counted(offline, 'worker')} went silent.`}>
          <span className="text-quiet">
            What they held goes back to the queue by itself. Start one again where it ran, with {command}, or with{' '}
            <code className="font-mono">probity serve</code>, which brings its own.
          </span>
        </Notice>
      )}
      <Table
        label="Workers"
        columns={COLUMNS}
        rows={rows}
        rowId={({ id }) => id}
        empty={
          <Empty title="No worker is online">
            Nothing that is queued is worked on. Start one with {command}, or with <code className="font-mono">probity serve</code>, which brings
            its own.
          </Empty>
        }
      />
    </div>
  )
}
