import { AnalyzeRunDocument, type AnalysisHeadFragment, type AnalysisState, type RunHeadFragment } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Notice } from '@/ui/Notice'
import { Time } from '@/ui/Time'
import { counted, fixed, span, whole } from '@/words/format'
import { modelName } from '@/words/model'
import type { Tone } from '@/words/status'

const STANDING: Record<AnalysisState, { tone: Tone; title: string; text: string } | null> = {
  NONE: { tone: 'neutral', title: 'Not analysed yet.', text: 'That happens by itself when the run is over; it can be asked for before.' },
  QUEUED: { tone: 'waiting', title: 'The analysis is queued.', text: 'A worker takes it up; what stood here before stays until then.' },
  RUNNING: { tone: 'waiting', title: 'The analysis is being computed.', text: 'It appears here by itself.' },
  READY: null,
  STALE: { tone: 'warning', title: 'Decisions have changed since.', text: 'What is shown is of the decisions as they were; a new analysis is on its way where the run is over.' },
  FAILED: { tone: 'failed', title: 'The analysis could not be computed.', text: '' },
}

/** Where the analysis stands, and a way on where it does not go on by itself. */
export function Standing({ run, analysis }: { run: RunHeadFragment; analysis: AnalysisHeadFragment }) {
  const analyze = useCommand(AnalyzeRunDocument, { isTokenless: true, invalidates: [['run', run.id]] })
  const { state, failureReason, computedAt, computedMs, codeVersion } = analysis
  const standing = STANDING[state]
  const verb = state === 'FAILED' ? 'Try again' : 'Analyse now'
  return (
    <div className="flex flex-col gap-2">
      {standing && (
        <Notice
          tone={standing.tone}
          title={standing.title}
          isLive
          actions={
            (state === 'NONE' || state === 'STALE' || state === 'FAILED') && (
              <Button onPress={() => analyze.run({ runId: run.id })} isPending={analyze.isPending}>
                {verb}
              </Button>
            )
          }
        >
          {failureReason ?? standing.text}
        </Notice>
      )}
      {analyze.error && <ErrorNote error={analyze.error} />}
      {computedAt && (
        <p className="text-sm text-quiet">
          Computed <Time at={computedAt} />
          {computedMs !== null && ` in ${span(computedMs)}`}
          {codeVersion && `, version ${codeVersion}`}
          {analysis.isCurrent && ', of the decisions as they are now'}
        </p>
      )}
      <Superseded run={run} analysis={analysis} />
    </div>
  )
}

/** What was found before, and no longer holds. */
function Superseded({ run, analysis: { superseded } }: { run: RunHeadFragment; analysis: AnalysisHeadFragment }) {
  if (superseded.length === 0) return null
  const names = run.progress.models.map(({ runModel }) => runModel)
  return (
    <details className="text-sm">
      <summary className="w-fit text-quiet hover:text-ink">{counted(superseded.length, 'earlier analysis', 'earlier analyses')}</summary>
      <ul className="mt-2 flex flex-col gap-1.5">
        {superseded.map(({ id, computedAt, codeVersion, failureReason, means }) => (
          <li key={id}>
            <Time at={computedAt} /> <span className="text-quiet">version {codeVersion}:</span>{' '}
            {failureReason ??
              means
                .map(({ runModelId, mean, n }) => {
                  const model = names.find((name) => name.id === runModelId)
                  return `${model ? modelName(model, names) : 'a model'} ${fixed(mean)} (n ${whole(n)})`
                })
                .join(' · ')}
          </li>
        ))}
      </ul>
    </details>
  )
}
