import { useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { RunFindingsDocument, type RunFindingsQuery } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Figure } from '@/ui/figure/Figure'
import { Distribution } from '@/ui/figure/Distribution'
import { Forest } from '@/ui/figure/Forest'
import { Empty } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { fullModelName, modelHue, modelName } from '@/words/model'

import type { TabProps } from '../RunPage'
import { ModelTable } from './ModelTable'
import { hrefOfTranscripts, totalOf } from './results'

/** Computing them reads every decision of the run: less often than the progress. */
const LIVE_MS = 10_000

export type Findings = RunFindingsQuery['run']['findings']

/** What the models decided, with what is not certain about it. */
export function ResultsTab({ run }: TabProps) {
  const router = useRouter()
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
  if (rows.every(({ ledger }) => ledger.succeeded === 0)) {
    return (
      <Empty title="No results yet">
        {run.isFinished ? 'No probe of this run was answered; the failures say why.' : 'They appear here as answers come in.'}
      </Empty>
    )
  }
  const decision = findings.data.run.definitionVersion?.content.decision
  const names = rows.map(({ runModel }) => runModel)
  const open = (href: string) => router.history.push(href)
  const total = totalOf(rows.map(({ ledger }) => ledger))
  const scored = rows.filter(({ score }) => score.mean !== null).sort((a, b) => (b.score.mean ?? 0) - (a.score.mean ?? 0))
  const scores = decision?.scale?.map(({ value }) => value) ?? decision?.choices?.flatMap(({ score }) => score ?? []) ?? []
  const values = rows[0]?.distribution ?? []
  const file = `run_${run.shortId}`
  const warnings = [...new Set(rows.flatMap(({ runModel, score }) => score.warnings.map(({ message }) => `${modelName(runModel, names)}: ${message}`)))]
  const howComputed = (
    <>
      <p>{rows[0]?.score.method} 95 % intervals. Probes without a decision are in the ledger, not in the mean.</p>
      {warnings.map((warning) => (
        <p key={warning} className="text-warning">
          <span aria-hidden>▲ </span>
          {warning}
        </p>
      ))}
    </>
  )
  return (
    <div className="flex flex-col gap-4">
      {scored.length > 0 && scores.length > 0 && (
        <Figure
          title="Mean decision per model"
          note={run.isFinished ? '95 % interval, clustered by scenario' : 'So far; 95 % interval, clustered by scenario'}
          name={`${file}_means`}
          ledger={total}
          howComputed={howComputed}
          data={{
            columns: ['model', 'mean', 'interval low', 'interval high', 'standard error', 'n', 'scenarios'],
            rows: scored.map(({ runModel, score }) => [
              fullModelName(runModel),
              score.mean,
              score.intervalLow,
              score.intervalHigh,
              score.standardError,
              score.n,
              score.scenarioCount,
            ]),
          }}
        >
          <Forest
            label="Mean decision per model with 95 % interval"
            domain={[Math.min(...scores), Math.max(...scores)]}
            ends={decision?.scale ? [decision.scale[0]?.label ?? '', decision.scale.at(-1)?.label ?? ''] : null}
            onOpen={open}
            rows={scored.map(({ runModel, score }) => ({
              id: runModel.id,
              name: modelName(runModel, names),
              fullName: fullModelName(runModel),
              hue: modelHue(runModel),
              mean: score.mean ?? 0,
              interval: score.intervalLow !== null && score.intervalHigh !== null ? [score.intervalLow, score.intervalHigh] : null,
              n: score.n,
              href: hrefOfTranscripts(run.id, { model: runModel.id, outcome: 'DECIDED' }),
            }))}
          />
        </Figure>
      )}
      {values.length > 0 && (
        <Figure
          title="Decisions per model"
          note="Counts, all models on one scale; what nobody decided keeps its place"
          name={`${file}_decisions`}
          ledger={total}
          data={{
            columns: ['model', ...values.map(({ value, label }) => (label ? `${value} (${label})` : value))],
            rows: rows.map(({ runModel, distribution }) => [fullModelName(runModel), ...distribution.map(({ count }) => count)]),
          }}
        >
          <Distribution
            label="How often each decision was made"
            values={values}
            onOpen={open}
            rows={rows.map(({ runModel, distribution }) => ({
              id: runModel.id,
              name: modelName(runModel, names),
              fullName: fullModelName(runModel),
              hue: modelHue(runModel),
              counts: distribution.map(({ count }) => count),
              hrefs: distribution.map(({ value }) => hrefOfTranscripts(run.id, { model: runModel.id, decision: value })),
            }))}
          />
        </Figure>
      )}
      <ModelTable run={run} rows={rows} />
    </div>
  )
}
