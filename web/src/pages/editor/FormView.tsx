import { memo, useCallback, useMemo, type ComponentType } from 'react'

import type { ProblemLine } from '@/ui/Problems'

import { AboutPart } from './AboutPart'
import { DecisionPart } from './DecisionPart'
import { DimensionsPart } from './DimensionsPart'
import type { Change, Draft } from './draft'
import { emptyListed, ListedPart } from './ListedPart'
import { NeedsPart } from './NeedsPart'
import { ProblemsContext } from './problems'
import { RulesPart } from './RulesPart'
import { ScorersPart } from './ScorersPart'
import { TextsPart } from './TextsPart'

type Props = { draft: Draft; problems: readonly ProblemLine[]; onChange: (change: Change) => void }

/** A part of the form that is drawn again only where something that it shows has changed. */
function shownBy<P extends { draft: Draft }>(Part: ComponentType<P>, shown: readonly (keyof Draft)[]) {
  return memo(Part, ({ draft: before, ...rest }, { draft: after, ...other }) => {
    const same = (Object.keys(rest) as (keyof typeof rest)[]).every((name) => rest[name] === other[name])
    return same && shown.every((name) => before[name] === after[name])
  })
}

const About = shownBy(AboutPart, ['name', 'description', 'tags'])
const Texts = shownBy(TextsPart, ['preamble', 'template', 'followUps', 'dimensions', 'scenarios'])
const Rules = shownBy(RulesPart, ['rules', 'dimensions'])
const Decision = shownBy(DecisionPart, ['decisionKind', 'points', 'choices'])
const Scorers = shownBy(ScorersPart, ['scorers'])
const Needs = shownBy(NeedsPart, ['maxTurns', 'contextTokens', 'systemPrompt', 'structuredOutput', 'followUps'])
const Dimensions = memo(DimensionsPart)

/** A definition as a form. */
export function FormView({ draft, problems, onChange }: Props) {
  const isListed = draft.scenarios.length > 0
  const list = useCallback(() => onChange({ scenarios: [emptyListed(1)], rules: [] }), [onChange])
  const names = JSON.stringify(namesIn(draft))
  const known = useMemo(() => new Set(JSON.parse(names) as string[]), [names])
  return (
    <ProblemsContext value={problems}>
      <div className="flex min-w-0 flex-col gap-6">
        <About draft={draft} onChange={onChange} />
        <Texts draft={draft} known={known} onChange={onChange} />
        {isListed ? (
          <ListedPart scenarios={draft.scenarios} onChange={(scenarios) => onChange({ scenarios })} />
        ) : (
          <>
            <Dimensions
              dimensions={draft.dimensions}
              hasTargets={draft.decisionKind === 'choices'}
              onChange={onChange}
              onList={list}
            />
            {(draft.dimensions.length > 0 || draft.rules.length > 0) && <Rules draft={draft} onChange={onChange} />}
          </>
        )}
        <Decision draft={draft} onChange={onChange} />
        <Scorers draft={draft} onChange={onChange} />
        <Needs draft={draft} onChange={onChange} />
      </div>
    </ProblemsContext>
  )
}

/** What placeholders may stand for. */
function namesIn({ dimensions, scenarios, decisionKind }: Draft): string[] {
  return [
    ...dimensions.map(({ name }) => name),
    ...(decisionKind === 'scale' ? ['scale'] : decisionKind === 'choices' ? ['choices'] : []),
    ...(scenarios.length > 0 ? ['body', ...(scenarios[0]?.fields ?? []).map(({ name }) => name)] : []),
  ]
}
