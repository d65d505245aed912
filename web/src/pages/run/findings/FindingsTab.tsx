import { useQuery } from '@tanstack/react-query'

import { execute } from '@/api/execute'
import { RunFindingsDocument } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Empty } from '@/ui/Notice'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'

import { DecisionsFigure } from '../figures/DecisionsFigure'
import { endsOf, MeansFigure } from '../figures/MeansFigure'
import { ScorersFigure } from '../figures/ScorersFigure'
import type { TabProps } from '../RunPage'
import { totalOf } from '../tabs/results'
import { NoResults } from '../tabs/ResultsTab'
import { Agreement } from './Agreement'
import { Contested } from './Contested'
import { Effects } from './Effects'
import { Pairs } from './Pairs'
import { Remarks, warningWords } from './Remarks'
import { Standing } from './Standing'
import { Steadiness } from './Steadiness'
import { useAnalysis } from './useAnalysis'

/** What the run found, with what is not certain about it and how it was computed. */
export function FindingsTab({ run }: TabProps) {
  const analysis = useAnalysis(run)
  const found = analysis.data?.run.analysis
  const findings = useQuery({
    queryKey: ['run', run.id, 'findings', run.isFinished, found?.inputHash],
    queryFn: ({ signal }) => execute(RunFindingsDocument, { id: run.id }, signal),
    placeholderData: (before) => before,
    staleTime: 10_000,
  })
  const error = analysis.error ?? findings.error
  if (analysis.data && !found) return <Empty title="No findings">Only runs of a definition are analysed.</Empty>
  if (!found || !findings.data) return error ? <ErrorNote error={error} onRetry={() => void analysis.refetch()} /> : <Skeleton lines={6} />
  const rows = findings.data.run.findings
  if (rows.every(({ ledger }) => ledger.succeeded === 0)) return <NoResults isFinished={run.isFinished} />
  const total = totalOf(rows.map(({ ledger }) => ledger))
  const decision = findings.data.run.definitionVersion?.content.decision
  const about = (...words: string[]) => ({
    methods: found.methods.filter((method) => words.some((word) => method.about.includes(word))),
    warnings: found.warnings.filter((warning) => warning.code !== 'NOT_COMPUTED' && words.some((word) => warning.about.includes(word))).map((warning) => warningWords(warning, run)),
  })
  return (
    <div className="flex flex-col gap-6">
      <Standing run={run} analysis={found} />
      <Section title="Models">
        <MeansFigure run={run} rows={rows} decision={decision} ledger={total} />
        <DecisionsFigure run={run} rows={rows} ledger={total} />
        <ScorersFigure run={run} rows={rows} ledger={total} />
        <Steadiness run={run} found={found.models} />
      </Section>
      <Pairs run={run} />
      {found.dimensionEffects.length > 0 && (
        <Section title="Dimensions">
          <Effects run={run} effects={found.dimensionEffects} {...about('effect', 'dimension')} />
        </Section>
      )}
      {found.agreement && <Agreement run={run} agreement={found.agreement} {...about('agreement', 'kappa', 'spearman')} />}
      <Contested run={run} version={found.inputHash} ends={endsOf(decision)} />
      <Remarks run={run} analysis={found} />
    </div>
  )
}
