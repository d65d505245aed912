import { useRouter } from '@tanstack/react-router'
import { useState } from 'react'

import type { DimensionEffectsFieldsFragment, RunHeadFragment } from '@/api/generated/graphql'
import { Figure } from '@/charts/Figure'
import { Forest, type ForestRow } from '@/charts/Forest'
import { HowComputed, type MethodWords, type WarningWords } from '@/charts/HowComputed'
import { domainOf } from '@/charts/scale'
import { Select } from '@/ui/Field'
import { fixed, whole } from '@/words/format'
import { fullModelName, modelHue, modelName } from '@/words/model'

import { hrefOfTranscripts } from '../tabs/results'

type Props = { run: RunHeadFragment; effects: readonly DimensionEffectsFieldsFragment[]; methods: readonly MethodWords[]; warnings: readonly WarningWords[] }

/** The dimension that which model it is stands for, where all are explained at once. */
const MODEL = '(model)'

/** What each level of each dimension does to the decisions. */
export function Effects({ run, effects, methods, warnings }: Props) {
  const router = useRouter()
  const [chosen, setChosen] = useState('0')
  const shown = effects[Number(chosen)] ?? effects[0]
  if (!shown) return null
  const names = run.progress.models.map(({ runModel }) => runModel)
  const model = names.find(({ id }) => id === shown.runModelId)
  const hue = model ? modelHue(model) : 'var(--color-accent)'
  const unit = shown.outcome === null ? 'in points of the decision' : `in the share that decides ${shown.outcome}`
  const href = hrefOfTranscripts(run.id, { outcome: 'DECIDED', ...(model && { model: model.id }) })
  const ranked = shown.dimensions
  const ends = ranked.flatMap(({ effects: levels }) => levels.flatMap(({ intervalLow, intervalHigh }) => [intervalLow, intervalHigh]))
  return (
    <Figure
      title="What moves the decisions"
      note={`Each level against the first of its dimension, ${unit}; the dimension that explains most stands first`}
      name={`run_${run.shortId}_effects`}
      choice={
        effects.length > 1 && (
          <Select
            label="Decisions of"
            value={chosen}
            options={effects.map((of, index) => ({ value: String(index), label: labelOf(of, names) }))}
            onChange={setChosen}
          />
        )
      }
      howComputed={
        <HowComputed
          methods={methods}
          assumptions={['Main effects alone: what two levels do only together is averaged over.', 'Intervals go by CR2 errors, clustered by scenario.']}
          warnings={[...shown.warnings, ...warnings]}
        >
          <p>
            {whole(shown.n)} decisions of {whole(shown.scenarioCount)} scenarios; all dimensions together explain {share(shown.rSquared)} of the variance.
          </p>
        </HowComputed>
      }
      data={{
        columns: ['dimension', 'level', 'effect', 'interval low', 'interval high', 'standard error', 'p', 'n', 'reference', 'partial R²', 'variance explained'],
        rows: ranked.flatMap((of) =>
          of.effects.map((effect) => [
            of.dimension, effect.level, effect.estimate, effect.intervalLow, effect.intervalHigh, effect.standardError, effect.pValue, effect.n, of.reference,
            of.partialRSquared, of.varianceExplained,
          ]),
        ),
      }}
    >
      <Forest
        label="Effect of each level with 95 % interval"
        measure="effect"
        isOrdered
        domain={domainOf([0, ...ends])}
        reference={{ at: 0, word: 'no effect' }}
        onOpen={(to) => router.history.push(to)}
        groups={ranked.map(({ dimension, partialRSquared, reference, effects: levels, unseen }) => ({
          name: dimension === MODEL ? 'which model' : dimension,
          note: partialRSquared === null ? '' : `explains ${share(partialRSquared)} of what the others leave`,
          rows: [
            ...(reference === null ? [] : [referenceRow(reference, hue, href)]),
            ...levels.map((effect): ForestRow => ({
              id: effect.level ?? 'slope',
              name: effect.level ?? 'per point of score',
              fullName: `${dimension}: ${effect.level ?? 'per point of score'}`,
              hue,
              value: effect.estimate,
              interval: [effect.intervalLow, effect.intervalHigh],
              n: effect.n,
              isHollow: effect.intervalLow <= 0 && effect.intervalHigh >= 0,
              href,
            })),
            ...unseen.map((level): ForestRow => ({
              id: level, name: level, fullName: `${dimension}: ${level}`, hue, value: null, interval: null, n: null, missing: 'no decision', href: null,
            })),
          ],
        }))}
      />
    </Figure>
  )
}

const referenceRow = (name: string, hue: string, href: string): ForestRow => ({
  id: `reference ${name}`, name, fullName: name, hue, value: 0, interval: null, n: null, isHollow: true, says: 'reference', href,
})

const share = (part: number | null) => (part === null ? 'an unknown part' : `${fixed(100 * part, part < 0.1 ? 1 : 0)} %`)

function labelOf({ runModelId, outcome }: DimensionEffectsFieldsFragment, names: RunHeadFragment['progress']['models'][number]['runModel'][]): string {
  const model = names.find(({ id }) => id === runModelId)
  const whose = model ? modelName(model, names) || fullModelName(model) : 'all models'
  return outcome === null ? whose : `${whose}: ${outcome}`
}
