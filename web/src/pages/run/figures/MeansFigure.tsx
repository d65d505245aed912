import { useRouter } from '@tanstack/react-router'

import type { LedgerFieldsFragment, RunHeadFragment } from '@/api/generated/graphql'
import { Figure } from '@/charts/Figure'
import { Forest } from '@/charts/Forest'
import { HowComputed } from '@/charts/HowComputed'
import { fullModelName, modelName } from '@/words/model'

import { hrefOfTranscripts, type Decision, type Findings } from '../tabs/results'
import { intervalOf, modelLook } from './modelLook'

type Props = { run: RunHeadFragment; rows: Findings; decision: Decision; ledger: LedgerFieldsFragment }

/** The mean decision of each model; nothing where decisions have no score. */
export function MeansFigure({ run, rows, decision, ledger }: Props) {
  const router = useRouter()
  const names = rows.map(({ runModel }) => runModel)
  if (rows.every(({ score }) => score.mean === null)) return null
  const domain = rangeOf(decision)
  return (
    <Figure
      title="Mean decision per model"
      note={`${run.isFinished ? '' : 'So far; '}95 % interval, clustered by scenario`}
      name={`run_${run.shortId}_means`}
      ledger={ledger}
      howComputed={
        <HowComputed
          methods={rows.map(({ score }) => ({ name: score.method, version: 1 }))}
          warnings={rows.flatMap(({ runModel, score }) =>
            score.warnings.map(({ code, message }) => ({ code, message: `${modelName(runModel, names)}: ${message}` })),
          )}
        >
          <p>Probes without a decision are in the ledger, not in the mean.</p>
        </HowComputed>
      }
      data={{
        columns: ['model', 'mean', 'interval low', 'interval high', 'standard error', 'n', 'scenarios'],
        rows: rows.map(({ runModel, score }) => [
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
        measure="mean"
        domain={domain}
        ends={endsOf(decision)}
        onOpen={(href) => router.history.push(href)}
        groups={[
          {
            rows: rows.map(({ runModel, score }) => ({
              ...modelLook(runModel, names),
              value: score.mean,
              interval: intervalOf(score),
              n: score.n,
              missing: 'no decision',
              href: hrefOfTranscripts(run.id, { model: runModel.id, ...(score.mean !== null && { outcome: 'DECIDED' }) }),
            })),
          },
        ]}
      />
    </Figure>
  )
}

/** The range of the scores that a decision can have. Without scores of their own, answers are right (1) or wrong (0). */
export function rangeOf(decision: Decision): [number, number] {
  const scores = decision?.scale?.map(({ value }) => value) ?? decision?.choices?.flatMap(({ score }) => score ?? []) ?? []
  return scores.length === 0 ? [0, 1] : [Math.min(...scores), Math.max(...scores)]
}

/** What the ends of the definition's scale are called. */
export const endsOf = (decision: Decision): [string, string] | null =>
  decision?.scale ? [decision.scale[0]?.label ?? '', decision.scale.at(-1)?.label ?? ''] : null
