import { useQuery } from '@tanstack/react-query'

import { execute } from '@/api/execute'
import { RunFindingsDocument } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Empty } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'

import { DecisionsFigure } from '../figures/DecisionsFigure'
import { endsOf, MeansFigure } from '../figures/MeansFigure'
import { Contested } from '../findings/Contested'
import { useAnalysis } from '../findings/useAnalysis'
import type { TabProps } from '../RunPage'
import { ModelTable } from './ModelTable'
import { totalOf } from './results'

/** Computing them reads every decision of the run: less often than the progress. */
const LIVE_MS = 10_000

/** What the models decided, with what is not certain about it. */
export function ResultsTab({ run }: TabProps) {
  const analysis = useAnalysis(run, run.isFinished).data?.run.analysis
  const findings = useQuery({
    // Also a run that is over has other findings once a judge has read more.
    queryKey: ['run', run.id, 'findings', run.isFinished, run.isFinished ? run.progress.ledger.decided : null],
    queryFn: ({ signal }) => execute(RunFindingsDocument, { id: run.id }, signal),
    refetchInterval: run.isFinished ? false : LIVE_MS,
    staleTime: run.isFinished ? Infinity : LIVE_MS,
    placeholderData: (before) => before,
  })
  if (!findings.data) return findings.error ? <ErrorNote error={findings.error} onRetry={findings.refetch} /> : <Skeleton lines={6} />
  const rows = findings.data.run.findings
  if (rows.every(({ ledger }) => ledger.succeeded === 0)) return <NoResults isFinished={run.isFinished} />
  const decision = findings.data.run.definitionVersion?.content.decision
  const total = totalOf(rows.map(({ ledger }) => ledger))
  return (
    <div className="flex flex-col gap-4">
      <MeansFigure run={run} rows={rows} decision={decision} ledger={total} />
      <DecisionsFigure run={run} rows={rows} ledger={total} />
      {analysis?.computedAt && <Contested run={run} version={analysis.inputHash} ends={endsOf(decision)} />}
      <ModelTable run={run} rows={rows} />
    </div>
  )
}

export const NoResults = ({ isFinished }: { isFinished: boolean }) => (
  <Empty title="No results yet">
    {isFinished ? 'No probe of this run was answered; the failures say why.' : 'They appear here as answers come in.'}
  </Empty>
)
