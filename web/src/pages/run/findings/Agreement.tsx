import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'

import type { ModelAgreementFieldsFragment, RunHeadFragment } from '@/api/generated/graphql'
import { Figure } from '@/charts/Figure'
import { HeatMap, type HeatCell } from '@/charts/HeatMap'
import { HowComputed, type MethodWords, type WarningWords } from '@/charts/HowComputed'
import { writeSearch } from '@/frame/searchParams'
import { Select } from '@/ui/Field'
import { Section } from '@/ui/Page'
import { Table, type Column } from '@/ui/table/Table'
import { fixed, whole } from '@/words/format'
import { fullModelName } from '@/words/model'

import { modelLook } from '../figures/modelLook'
import { hrefOfTranscripts } from '../tabs/results'

type Props = { run: RunHeadFragment; agreement: ModelAgreementFieldsFragment; methods: readonly MethodWords[]; warnings: readonly WarningWords[] }

type Kind = 'kappa' | 'spearman'

const KINDS: Record<Kind, string> = { kappa: 'Cohen’s kappa: the same decisions, beyond chance', spearman: 'Spearman’s ρ: scenarios in the same order' }

/** Who agrees with whom, and who stands apart. */
export function Agreement({ run, agreement, methods, warnings }: Props) {
  const router = useRouter()
  const [kind, setKind] = useState<Kind>('kappa')
  const models = run.progress.models.map(({ runModel }) => runModel)
  const looks = models.map((model) => modelLook(model, models))
  const { alpha, alphaLow, alphaHigh, pairs, distances } = agreement
  const of = (first: string, second: string) =>
    pairs.find(({ firstId, secondId }) => (firstId === first && secondId === second) || (firstId === second && secondId === first))
  const cell = (first: string, second: string): HeatCell => {
    const pair = of(first, second)
    const [low, high] = kind === 'kappa' ? [pair?.kappaLow, pair?.kappaHigh] : [pair?.spearmanLow, pair?.spearmanHigh]
    return {
      value: pair?.[kind] ?? null,
      words: pair ? `95 % interval [${fixed(low)}, ${fixed(high)}], the same decision on ${whole(pair.sameCount)} of ${whole(pair.scenarioCount)} scenarios` : 'no scenario in common',
      href: pair ? `/compare${writeSearch({ baseline: run.id, candidate: run.id, pair: pairId(pair, models) })}` : null,
    }
  }
  const hasRanks = pairs.some(({ spearman }) => spearman !== null)
  return (
    <Section title="Agreement">
      <Figure
        title="Agreement between models"
        note={
          alpha === null
            ? 'No decision differs from another: there is no agreement beyond chance to speak of'
            : `Krippendorff’s alpha over all of them ${fixed(alpha)}${alphaLow === null ? '' : ` [${fixed(alphaLow)}, ${fixed(alphaHigh)}]`}; 1: perfect, 0: as by chance`
        }
        name={`run_${run.shortId}_agreement`}
        choice={
          hasRanks && <Select label="Shown" value={kind} options={(Object.keys(KINDS) as Kind[]).map((value) => ({ value, label: KINDS[value] }))} onChange={setKind} />
        }
        howComputed={
          <HowComputed methods={methods} warnings={[...agreement.warnings, ...warnings]}>
            <p>
              {whole(agreement.decisionCount)} decisions of {whole(agreement.scenarioCount)} scenarios, one per model and scenario.
            </p>
          </HowComputed>
        }
        data={{
          columns: ['first', 'second', 'kappa', 'kappa low', 'kappa high', 'spearman', 'spearman low', 'spearman high', 'same', 'scenarios'],
          rows: pairs.map((pair) => [
            nameOf(pair.firstId, models), nameOf(pair.secondId, models), pair.kappa, pair.kappaLow, pair.kappaHigh, pair.spearman, pair.spearmanLow,
            pair.spearmanHigh, pair.sameCount, pair.scenarioCount,
          ]),
        }}
      >
        <HeatMap
          label="Agreement of each pair of models"
          measure={kind === 'kappa' ? 'kappa' : 'rank correlation'}
          ramp={{ domain: [-1, 1], middle: 0 }}
          digits={2}
          then="Compare the two."
          columns={looks.slice(0, -1)}
          rows={looks.slice(1).map((row, index) => ({
            ...row,
            cells: looks.slice(0, -1).map((column, at) => (at <= index ? cell(row.id, column.id) : undefined)),
          }))}
          onOpen={(href) => router.history.push(href)}
        />
      </Figure>
      {distances.length > 2 && <Distances run={run} distances={distances} models={models} />}
    </Section>
  )
}

type Models = RunHeadFragment['progress']['models'][number]['runModel'][]

const nameOf = (id: string, models: Models) => {
  const model = models.find((one) => one.id === id)
  return model ? fullModelName(model) : id
}

/** The pair as the page of comparisons names it: the model that was asked for first is the baseline. */
function pairId({ firstId, secondId }: ModelAgreementFieldsFragment['pairs'][number], models: Models): string {
  const place = (id: string) => models.findIndex((model) => model.id === id)
  return place(firstId) < place(secondId) ? `${firstId}.${secondId}` : `${secondId}.${firstId}`
}

type Distance = ModelAgreementFieldsFragment['distances'][number]

function Distances({ run, distances, models }: { run: RunHeadFragment; distances: Distance[]; models: Models }) {
  const looks = models.map((model) => modelLook(model, models))
  const columns: Column<Distance>[] = [
    { id: 'model', header: 'Model', cell: ({ runModelId }) => looks.find(({ id }) => id === runModelId)?.name },
    { id: 'distance', header: 'Distance to the others', align: 'right', cell: ({ distance }) => fixed(distance) },
    { id: 'shift', header: 'Shift', align: 'right', hideBelow: 'sm', cell: ({ shift }) => fixed(shift) },
    { id: 'score', header: 'Modified z', align: 'right', hideBelow: 'sm', cell: ({ score }) => fixed(score, 1) },
    { id: 'scenarios', header: 'Scenarios', align: 'right', hideBelow: 'sm', cell: ({ scenarioCount }) => whole(scenarioCount) },
    { id: 'apart', header: 'Stands apart', cell: ({ isOutlier }) => (isOutlier ? <b className="text-warning">▲ stands apart</b> : <span className="text-quiet">no</span>) },
  ]
  return (
    <Table
      label="How far each model is from the others"
      columns={columns}
      rows={distances}
      rowId={({ runModelId }) => runModelId}
      hrefOf={({ runModelId }) => hrefOfTranscripts(run.id, { model: runModelId, outcome: 'DECIDED' })}
      empty={null}
    />
  )
}
