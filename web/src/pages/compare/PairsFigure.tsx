import type { ComparisonFieldsFragment, ModelComparisonFieldsFragment } from '@/api/generated/graphql'
import { Figure } from '@/charts/Figure'
import { Forest } from '@/charts/Forest'
import { HowComputed } from '@/charts/HowComputed'
import { domainOf } from '@/charts/scale'
import { fixed, whole } from '@/words/format'
import { fullModelName, modelHue } from '@/words/model'

import { pWords } from './request'

type Props = {
  comparison: ComparisonFieldsFragment
  /** File name without its ending. */
  name: string
  /** Where a pair leads. */
  hrefOf: (pair: ModelComparisonFieldsFragment) => string
  onOpen: (href: string) => void
}

const ADJUSTMENT = {
  HOLM: 'adjusted after Holm–Bonferroni: one false difference or more among them with probability of at most 5 %',
  BH: 'adjusted after Benjamini–Hochberg: at most 5 % of the differences called so are expected to be false',
} as const

/** Mean differences with their intervals; those that chance may have made are hollow, and say so. */
export function PairsFigure({ comparison, name, hrefOf, onOpen }: Props) {
  const { pairs, adjustment, measure } = comparison
  const isOneRun = comparison.baselineRun.id === comparison.candidateRun.id
  return (
    <Figure
      title="Mean differences, candidate − baseline"
      note={`${measure.label}, 95 % intervals; hollow: no detectable difference`}
      name={name}
      csvUrl={comparison.pairsCsvUrl}
      howComputed={
        <HowComputed
          methods={pairs.flatMap(({ difference, permutationTest, tTest, mcnemarTest, detectable }) =>
            [difference.method, permutationTest?.method, tTest.method, mcnemarTest?.method, detectable?.method].filter((method) => method != null),
          )}
          assumptions={[
            'Samples of a scenario are averaged first; the scenario is the unit, and only scenarios that both decided are compared.',
            `p values of ${whole(pairs.length)} ${pairs.length === 1 ? 'comparison' : 'comparisons'} are ${ADJUSTMENT[adjustment]}.`,
            'The verdict goes by the permutation test; “could have seen” is the difference that the paired t test finds four times of five.',
            'Improved means higher; whether higher is better is for whoever wrote the definition to say.',
          ]}
          warnings={pairs.flatMap((pair) => pair.warnings.map(({ code, message }) => ({ code, message: `${nameOf(pair, isOneRun)}: ${message}` })))}
        />
      }
      data={{
        columns: [
          'baseline', 'candidate', 'difference', 'interval low', 'interval high', 'standard error', 'p', 'p adjusted', 'p (t test)',
          'p (t test) adjusted', 'd_z', 'g_z', 'improved', 'regressed', 'same', 'only baseline', 'only candidate', 'shared scenarios',
          'detectable difference', 'verdict',
        ],
        rows: pairs.map((pair) => [
          fullModelName(pair.baseline), fullModelName(pair.candidate), pair.difference.mean, pair.difference.intervalLow,
          pair.difference.intervalHigh, pair.difference.standardError, pair.permutationTest?.pValue ?? null, pair.permutationTest?.pAdjusted ?? null,
          pair.tTest.pValue, pair.tTest.pAdjusted, pair.effectSizeDz, pair.effectSizeGz, pair.improvedCount, pair.regressedCount, pair.equalCount,
          pair.onlyBaselineCount, pair.onlyCandidateCount, pair.sharedScenarioCount, pair.detectable?.difference ?? null, pair.words,
        ]),
      }}
    >
      <Forest
        label="Mean differences with 95 % intervals"
        measure="difference"
        domain={domainOf([0, ...pairs.flatMap(({ difference }) => [difference.mean, difference.intervalLow, difference.intervalHigh])])}
        reference={{ at: 0, word: 'no difference' }}
        onOpen={onOpen}
        then="Show its scenarios."
        groups={[
          {
            rows: pairs.map((pair) => {
              const { difference, verdict } = pair
              const { intervalLow, intervalHigh } = difference
              return {
                id: `${pair.baseline.id} ${pair.candidate.id}`,
                name: nameOf(pair, isOneRun),
                fullName: `${fullModelName(pair.candidate)} − ${fullModelName(pair.baseline)}`,
                hue: modelHue(pair.candidate),
                value: difference.mean,
                interval: intervalLow === null || intervalHigh === null ? null : [intervalLow, intervalHigh],
                n: pair.sharedScenarioCount,
                missing: pair.words,
                isHollow: verdict === 'NO_DETECTABLE_DIFFERENCE' || verdict === 'NOT_TESTABLE',
                note: `${pair.words} · ${pWords((pair.permutationTest ?? pair.tTest).pAdjusted)}`,
                href: hrefOf(pair),
              }
            }),
          },
        ]}
      />
    </Figure>
  )
}

/** A pair by what sets it apart: the same model of two runs has one name. */
export function nameOf({ baseline, candidate, baselineLabel, candidateLabel }: ModelComparisonFieldsFragment, isOneRun: boolean): string {
  const isSame = fullModelName(baseline) === fullModelName(candidate)
  return isSame && !isOneRun ? candidateLabel : `${candidateLabel} − ${baselineLabel}`
}

/** `+0.31`, with its sign. */
export const signed = (value: number | null) => (value !== null && value > 0 ? `+${fixed(value)}` : fixed(value))
