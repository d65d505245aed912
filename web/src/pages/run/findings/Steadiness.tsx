import { useRouter } from '@tanstack/react-router'

import type { RunAnalysisQuery, RunHeadFragment } from '@/api/generated/graphql'
import { Figure } from '@/charts/Figure'
import { Forest } from '@/charts/Forest'
import { HowComputed } from '@/charts/HowComputed'
import { whole } from '@/words/format'
import { fullModelName } from '@/words/model'

import { intervalOf, modelLook } from '../figures/modelLook'
import { hrefOfTranscripts } from '../tabs/results'

type Models = NonNullable<RunAnalysisQuery['run']['analysis']>['models']

/** How often each model says the same when it is asked again. */
export function Steadiness({ run, found }: { run: RunHeadFragment; found: Models }) {
  const router = useRouter()
  const names = run.progress.models.map(({ runModel }) => runModel)
  const rows = names.flatMap((model) => {
    const retest = found.find(({ runModelId }) => runModelId === model.id)?.retest
    return retest ? [{ model, retest }] : []
  })
  if (rows.length === 0) return null
  return (
    <Figure
      title="The same again"
      note="Chance that two samples of a scenario decide the same; 95 % interval; not corrected for chance"
      name={`run_${run.shortId}_retest`}
      howComputed={<HowComputed methods={rows.map(({ retest }) => ({ name: retest.agreement.method, version: 1 }))} />}
      data={{
        columns: ['model', 'agreement', 'interval low', 'interval high', 'samples', 'scenarios', 'unanimous scenarios', 'left out'],
        rows: rows.map(({ model, retest: { agreement, unanimousCount, leftOutCount } }) => [
          fullModelName(model), agreement.mean, agreement.intervalLow, agreement.intervalHigh, agreement.n, agreement.scenarioCount, unanimousCount, leftOutCount,
        ]),
      }}
    >
      <Forest
        label="Chance that two samples agree, with 95 % interval"
        measure="agreement"
        domain={[0, 1]}
        ends={['never the same', 'always the same']}
        onOpen={(href) => router.history.push(href)}
        groups={[
          {
            rows: rows.map(({ model, retest: { agreement, unanimousCount } }) => ({
              ...modelLook(model, names),
              value: agreement.mean,
              interval: intervalOf(agreement),
              n: agreement.n,
              note: `the same in all samples of ${whole(unanimousCount)} of ${whole(agreement.scenarioCount)} scenarios`,
              href: hrefOfTranscripts(run.id, { model: model.id, outcome: 'DECIDED' }),
            })),
          },
        ]}
      />
    </Figure>
  )
}
