import { Link } from '@tanstack/react-router'

import type { RunRowFragment } from '@/api/generated/graphql'
import { Money } from '@/ui/Money'
import { ProgressBar } from '@/ui/ProgressBar'
import { StatusWord } from '@/ui/StatusWord'
import type { Column } from '@/ui/table/Table'
import { Duration, Time } from '@/ui/Time'
import { percent, whole } from '@/words/format'
import { modelName } from '@/words/model'
import { RUN_TYPE } from '@/words/status'

/** A run as a row, wherever runs are listed. */
export const RUN_COLUMNS: Column<RunRowFragment>[] = [
  {
    id: 'run',
    header: 'Run',
    width: '30%',
    cell: (run) => (
      <div className="flex min-w-32 flex-wrap items-baseline gap-x-2 sm:min-w-64">
        <Link to="/runs/$runId" params={{ runId: run.id }} className="line-clamp-1 max-w-96 font-medium [overflow-wrap:anywhere] hover:underline">
          {run.definition?.name ?? 'Run'}
        </Link>
        <span className="text-quiet">
          {run.definitionVersion && `v${run.definitionVersion.number} · `}
          <span className="font-mono text-xs">{run.shortId}</span>
          {run.runType !== 'FULL' && ` · ${RUN_TYPE[run.runType]}`}
        </span>
      </div>
    ),
  },
  {
    id: 'status',
    header: 'Status',
    width: '12rem',
    cell: (run) => <StatusWord status={run.status} isFinished={run.isFinished} />,
  },
  {
    id: 'progress',
    header: 'Progress',
    width: '15rem',
    hideBelow: 'sm',
    cell: (run) => <Progress run={run} />,
  },
  {
    id: 'failed',
    header: 'Failed',
    align: 'right',
    width: '5rem',
    hideBelow: 'sm',
    cell: ({ progress: { ledger } }) =>
      ledger.failed > 0 ? <span className="text-failed">{whole(ledger.failed)}</span> : <span className="text-quiet">0</span>,
  },
  {
    id: 'models',
    header: 'Models',
    width: '18%',
    hideBelow: 'md',
    cell: ({ models }) => (
      <span className="line-clamp-1 min-w-32 text-quiet" title={models.map((model) => modelName(model, models)).join(', ')}>
        {models.map((model) => modelName(model, models)).join(', ')}
      </span>
    ),
  },
  { id: 'cost', header: 'Cost', align: 'right', width: '6rem', hideBelow: 'sm', cell: (run) => <Money usd={run.progress.costUsd} /> },
  {
    id: 'duration',
    header: 'Took',
    align: 'right',
    width: '6rem',
    hideBelow: 'md',
    cell: (run) => <Duration from={run.startedAt} to={run.completedAt} />,
  },
  { id: 'person', header: 'Started by', width: '7rem', hideBelow: 'md', cell: (run) => run.createdBy.name },
  { id: 'created', header: 'Started', align: 'right', width: '7rem', cell: (run) => <Time at={run.createdAt} /> },
]

function Progress({ run }: { run: RunRowFragment }) {
  const { ledger } = run.progress
  return (
    <div className="flex items-center gap-2">
      <div className="w-24 shrink-0">
        <ProgressBar ledger={ledger} height={6} />
      </div>
      <span className="figures whitespace-nowrap">
        {whole(ledger.ended)} / {whole(ledger.planned)} <span className="text-quiet">· {percent(ledger.ended, ledger.planned)} %</span>
      </span>
    </div>
  )
}
