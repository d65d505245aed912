import { Button } from '@/ui/Button'
import { Select } from '@/ui/Field'
import { TextField } from '@/ui/TextField'
import { SCORER_KIND, SCORER_KINDS } from '@/words/scorer'

import { freshId, type Draft, type ScorerDraft } from './draft'
import { FormPart, replaced, without } from './FormPart'
import { useProblemsWithin } from './problems'

type Props = { draft: Draft; onChange: (change: Partial<Draft>) => void }

/** What else is judged about every answer: 1 where it passes, 0 where not. */
export function ScorersPart({ draft: { scorers }, onChange }: Props) {
  return (
    <FormPart title="Scorers" note="What else is looked at in every answer, beside the decision: 1 where it passes, 0 where not.">
      {scorers.map((scorer, index) => (
        <Scorer
          key={scorer.id}
          scorer={scorer}
          number={index + 1}
          onChange={(change) => onChange({ scorers: replaced(scorers, scorer.id, change) })}
          onRemove={() => onChange({ scorers: without(scorers, scorer.id) })}
        />
      ))}
      <div>
        <Button size="small" onPress={() => onChange({ scorers: [...scorers, { ...NOTHING_MORE, id: freshId(), name: '', kind: 'INCLUDES', of: 'LAST_ANSWER', expected: null }] })}>
          Add scorer
        </Button>
      </div>
    </FormPart>
  )
}

/** What only some kinds have: a scorer that becomes another kind keeps none of it. */
const NOTHING_MORE = { pattern: '', schema: '', tolerance: '', isRelative: false, ignoreCase: false, criteria: '', scale: [] }

type ScorerProps = { scorer: ScorerDraft; number: number; onChange: (change: Partial<ScorerDraft>) => void; onRemove: () => void }

function Scorer({ scorer, number, onChange, onRemove }: ScorerProps) {
  const path = `scorers[${number - 1}]`
  const problems = useProblemsWithin(path)
  const { name, kind, of, expected, pattern, schema, tolerance, isRelative, ignoreCase, criteria } = scorer
  const isJudged = kind === 'RUBRIC' || kind === 'PAIRWISE'
  return (
    <div className="flex flex-col gap-2 rounded-md border bg-surface p-3" data-path={path}>
      <div className="flex flex-wrap items-start gap-2">
        <div className="w-44" data-path={`${path}.name`}>
          <TextField label={`Name of scorer ${number}`} isLabelHidden placeholder="name" value={name} onChange={(value) => onChange({ name: value })} />
        </div>
        <Select
          label={`Kind of scorer ${number}`}
          isLabelHidden
          value={kind}
          options={SCORER_KINDS.map((value) => ({ value, label: SCORER_KIND[value] }))}
          onChange={(value) => onChange({ ...NOTHING_MORE, kind: value, ...((value === 'JSON_SCHEMA' || value === 'RUBRIC' || value === 'PAIRWISE') && { expected: null }) })}
        />
        <Select
          label={`What scorer ${number} looks at`}
          isLabelHidden
          value={of}
          options={[
            { value: 'LAST_ANSWER', label: 'in the last answer' },
            { value: 'ALL_ANSWERS', label: 'in all answers' },
          ]}
          onChange={(value) => onChange({ of: value })}
        />
        <span className="ml-auto">
          <Button kind="quiet" label={`Remove scorer ${number}`} onPress={onRemove}>
            ✕
          </Button>
        </span>
      </div>
      <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
        {kind === 'REGEX' && (
          <div className="min-w-48 flex-1 font-mono" data-path={`${path}.pattern`}>
            <TextField label={`Pattern of scorer ${number}`} isLabelHidden placeholder="pattern" value={pattern} onChange={(value) => onChange({ pattern: value })} />
          </div>
        )}
        {isJudged && (
          <div className="min-w-48 flex-1" data-path={`${path}.criteria`}>
            <TextField label={`Criteria of scorer ${number}`} isLabelHidden placeholder="what makes an answer good" value={criteria} onChange={(value) => onChange({ criteria: value })} isMultiline />
          </div>
        )}
        {kind === 'JSON_SCHEMA' ? (
          <div className="min-w-48 flex-1 font-mono" data-path={`${path}.schema`}>
            <TextField label={`Schema of scorer ${number}`} isLabelHidden placeholder='{"type": "object"}' value={schema} onChange={(value) => onChange({ schema: value })} isMultiline />
          </div>
        ) : isJudged ? null : (
          <div className="min-w-48 flex-1" data-path={`${path}.expected`}>
            <TextField
              label={`What scorer ${number} expects`}
              isLabelHidden
              placeholder={kind === 'REGEX' ? 'found at all; or what it captures' : 'the scenario’s target'}
              value={expected ?? ''}
              onChange={(value) => onChange({ expected: value === '' ? null : value })}
            />
          </div>
        )}
        {kind === 'NUMERIC' && (
          <>
            <div data-path={`${path}.tolerance`}>
              <TextField label={`Tolerance of scorer ${number}`} isLabelHidden placeholder="off by at most" inputMode="decimal" width="8rem" value={tolerance} onChange={(value) => onChange({ tolerance: value })} />
            </div>
            <Check word="as a share of it" isChecked={isRelative} onChange={(value) => onChange({ isRelative: value })} />
          </>
        )}
        {(kind === 'INCLUDES' || kind === 'REGEX') && (
          <Check word="in either case" isChecked={ignoreCase} onChange={(value) => onChange({ ignoreCase: value })} />
        )}
      </div>
      {problems.map(({ path: place, message, fix }) => (
        <p key={`${place} ${message}`} className="text-sm text-failed">
          {message} {fix}
        </p>
      ))}
    </div>
  )
}

const Check = ({ word, isChecked, onChange }: { word: string; isChecked: boolean; onChange: (isChecked: boolean) => void }) => (
  <label className="flex h-8 items-center gap-2 text-sm">
    <input type="checkbox" checked={isChecked} onChange={(event) => onChange(event.target.checked)} className="size-4 accent-accent" />
    {word}
  </label>
)
