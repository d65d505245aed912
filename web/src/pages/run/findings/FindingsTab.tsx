import { useQuery } from '@tanstack/react-query'

import { execute } from '@/api/execute'
import { RunFindingsDocument } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'

import { DecisionsFigure } from '../figures/DecisionsFigure'
import { MeansFigure } from '../figures/MeansFigure'
import { ScorersFigure } from '../figures/ScorersFigure'
import type { TabProps } from '../RunPage'
import { totalOf } from '../tabs/results'
import { NoResults } from '../tabs/ResultsTab'
import { Pairs } from './Pairs'

/** What the run found, with what is not certain about it and how it was computed. */
export function FindingsTab({ run }: TabProps) {
  const findings = useQuery({
    queryKey: ['run', run.id, 'findings', run.isFinished],
    queryFn: ({ signal }) => execute(RunFindingsDocument, { id: run.id }, signal),
    staleTime: 10_000,
  })
  if (!findings.data) return findings.error ? <ErrorNote error={findings.error} onRetry={findings.refetch} /> : <Skeleton lines={6} />
  const rows = findings.data.run.findings
  if (rows.every(({ ledger }) => ledger.succeeded === 0)) return <NoResults isFinished={run.isFinished} />
  const total = totalOf(rows.map(({ ledger }) => ledger))
  const decision = findings.data.run.definitionVersion?.content.decision
  return (
    <div className="flex flex-col gap-6">
      <Section title="Models">
        <MeansFigure run={run} rows={rows} decision={decision} ledger={total} />
        <DecisionsFigure run={run} rows={rows} ledger={total} />
        <ScorersFigure run={run} rows={rows} ledger={total} />
      </Section>
      <Pairs run={run} />
    </div>
  )
}
