import { useMemo } from 'react'

import type { ProblemLine } from '@/ui/Problems'

import { AboutPart } from './AboutPart'
import { DecisionPart } from './DecisionPart'
import { DimensionsPart } from './DimensionsPart'
import type { Draft } from './draft'
import { emptyListed, ListedPart } from './ListedPart'
import { NeedsPart } from './NeedsPart'
import { ProblemsContext } from './problems'
import { RulesPart } from './RulesPart'
import { TextsPart } from './TextsPart'

type Props = { draft: Draft; problems: readonly ProblemLine[]; onChange: (change: Partial<Draft>) => void }

/** A definition as a form. */
export function FormView({ draft, problems, onChange }: Props) {
  const isListed = draft.scenarios.length > 0
  const names = JSON.stringify(namesIn(draft))
  const known = useMemo(() => new Set(JSON.parse(names) as string[]), [names])
  return (
    <ProblemsContext value={problems}>
      <div className="flex min-w-0 flex-col gap-6">
        <AboutPart draft={draft} onChange={onChange} />
        <TextsPart draft={draft} known={known} onChange={onChange} />
        {isListed ? (
          <ListedPart scenarios={draft.scenarios} onChange={(scenarios) => onChange({ scenarios })} />
        ) : (
          <>
            <DimensionsPart
              dimensions={draft.dimensions}
              hasTargets={draft.decisionKind === 'choices'}
              onChange={(dimensions) => onChange({ dimensions })}
              onList={() => onChange({ scenarios: [emptyListed(1)], rules: [] })}
            />
            {(draft.dimensions.length > 0 || draft.rules.length > 0) && <RulesPart draft={draft} onChange={onChange} />}
          </>
        )}
        <DecisionPart draft={draft} onChange={onChange} />
        <NeedsPart draft={draft} onChange={onChange} />
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
