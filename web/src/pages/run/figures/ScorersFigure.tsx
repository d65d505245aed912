import { useRouter } from '@tanstack/react-router'

import type { LedgerFieldsFragment, RunHeadFragment } from '@/api/generated/graphql'
import { Figure } from '@/charts/Figure'
import { Forest } from '@/charts/Forest'
import { HowComputed } from '@/charts/HowComputed'
import { whole } from '@/words/format'
import { fullModelName, modelName } from '@/words/model'

import { hrefOfTranscripts, type Findings } from '../tabs/results'
import { intervalOf, modelLook } from './modelLook'

type Props = { run: RunHeadFragment; rows: Findings; ledger: LedgerFieldsFragment }

/** How often each model's answers pass each scorer. */
export function ScorersFigure({ run, rows, ledger }: Props) {
  const router = useRouter()
  const names = rows.map(({ runModel }) => runModel)
  const scorers = [...new Set(rows.flatMap(({ scores }) => scores.map(({ scorer }) => scorer)))]
  if (scorers.length === 0) return null
  const of = scorers.flatMap((scorer) =>
    rows.flatMap(({ runModel, scores }) => scores.filter((score) => score.scorer === scorer).map((score) => ({ scorer, runModel, score }))),
  )
  return (
    <Figure
      title="Share of answers that pass"
      note="Per scorer; 95 % interval, clustered by scenario"
      name={`run_${run.shortId}_scorers`}
      ledger={ledger}
      howComputed={
        <HowComputed
          methods={of.map(({ score }) => ({ name: score.rate.method, version: 1 }))}
          warnings={of.flatMap(({ scorer, runModel, score }) =>
            score.rate.warnings.map(({ code, message }) => ({ code, message: `${scorer}, ${modelName(runModel, names)}: ${message}` })),
          )}
        >
          <p>Answers without a score count neither as passed nor as not passed.</p>
        </HowComputed>
      }
      data={{
        columns: ['scorer', 'model', 'rate', 'interval low', 'interval high', 'passed', 'scored', 'scenarios'],
        rows: of.map(({ scorer, runModel, score }) => [
          scorer,
          fullModelName(runModel),
          score.rate.mean,
          score.wilsonLow ?? score.rate.intervalLow,
          score.wilsonHigh ?? score.rate.intervalHigh,
          score.passedCount,
          score.scoredCount,
          score.rate.scenarioCount,
        ]),
      }}
    >
      <Forest
        label="Share of answers that pass each scorer, with 95 % interval"
        measure="rate"
        domain={[0, 1]}
        ends={['none', 'all']}
        onOpen={(href) => router.history.push(href)}
        groups={scorers.map((name) => ({
          name,
          rows: of
            .filter(({ scorer }) => scorer === name)
            .map(({ runModel, score }) => ({
              ...modelLook(runModel, names),
              value: score.rate.mean,
              interval:
                score.wilsonLow !== null && score.wilsonHigh !== null ? ([score.wilsonLow, score.wilsonHigh] as [number, number]) : intervalOf(score.rate),
              n: score.scoredCount,
              missing: `${whole(score.scoredCount)} scored`,
              href: hrefOfTranscripts(run.id, { model: runModel.id }),
            })),
        }))}
      />
    </Figure>
  )
}
