import { Button } from '@/ui/Button'
import { Select } from '@/ui/Field'
import { TextField } from '@/ui/TextField'

import { freshId, type ChoiceDraft, type DecisionKind, type Draft, type PointDraft } from './draft'
import { FormPart, replaced, without } from './FormPart'
import { useProblem } from './problems'

const KINDS: { value: DecisionKind; label: string }[] = [
  { value: 'scale', label: 'A number on a scale' },
  { value: 'choices', label: 'One of named choices' },
  { value: 'freeText', label: 'Free text' },
]

type Props = { draft: Draft; onChange: (change: Partial<Draft>) => void }

/** How the decision is read. */
export function DecisionPart({ draft, onChange }: Props) {
  const { decisionKind, points, choices } = draft
  const problem = useProblem('decision') ?? null
  const listProblem = useProblem(`decision.${decisionKind}`)
  return (
    <FormPart title="Decision" note="What a model decides, and how it is read from its answer.">
      <div data-path="decision">
        <Select
          label="Read as"
          value={decisionKind}
          options={KINDS}
          onChange={(kind) =>
            onChange({
              decisionKind: kind,
              ...(kind === 'choices' && choices.length === 0 && { choices: [emptyChoice(), emptyChoice()] }),
            })
          }
        />
      </div>
      {(problem ?? listProblem) && <p className="text-sm text-failed">{problem ?? listProblem}</p>}
      {decisionKind === 'scale' && (
        <div data-path="decision.scale">
          <table className="w-full max-w-xl text-sm" aria-label="Points of the scale">
            <thead>
              <tr className="text-left text-quiet">
                <th scope="col" className="w-24 pr-2 font-medium">Value</th>
                <th scope="col" className="pr-2 font-medium">What it means</th>
                <th scope="col" className="w-9"><span className="sr-only">Remove</span></th>
              </tr>
            </thead>
            <tbody>
              {points.map((point, index) => (
                <PointRow
                  key={point.id}
                  point={point}
                  number={index + 1}
                  path={`decision.scale[${index}]`}
                  onChange={(change) => onChange({ points: replaced(points, point.id, change) })}
                  onRemove={() => onChange({ points: without(points, point.id) })}
                />
              ))}
            </tbody>
          </table>
          <Button size="small" kind="quiet" onPress={() => onChange({ points: [...points, { id: freshId(), value: nextValue(points), label: '' }] })}>
            + Add point
          </Button>
        </div>
      )}
      {decisionKind === 'choices' && (
        <div className="overflow-x-auto" data-path="decision.choices">
          <table className="w-full text-sm" aria-label="Choices">
            <thead>
              <tr className="text-left text-quiet">
                <th scope="col" className="w-[22%] min-w-28 pr-2 font-medium">Name</th>
                <th scope="col" className="min-w-32 pr-2 font-medium">What it means</th>
                <th scope="col" className="min-w-32 pr-2 font-medium">Also read as</th>
                <th scope="col" className="w-20 pr-2 font-medium">Score</th>
                <th scope="col" className="w-9"><span className="sr-only">Remove</span></th>
              </tr>
            </thead>
            <tbody>
              {choices.map((choice, index) => (
                <ChoiceRow
                  key={choice.id}
                  choice={choice}
                  number={index + 1}
                  path={`decision.choices[${index}]`}
                  onChange={(change) => onChange({ choices: replaced(choices, choice.id, change) })}
                  onRemove={() => onChange({ choices: without(choices, choice.id) })}
                />
              ))}
            </tbody>
          </table>
          <Button size="small" kind="quiet" onPress={() => onChange({ choices: [...choices, emptyChoice()] })}>
            + Add choice
          </Button>
        </div>
      )}
      {decisionKind === 'freeText' && (
        <p className="max-w-[75ch] text-sm text-quiet">
          Whatever stands behind the last “Answer:” or “Decision:” is the decision, else the whole of a short answer. It is compared with the
          scenario’s target.
        </p>
      )}
    </FormPart>
  )
}

const emptyChoice = (): ChoiceDraft => ({ id: freshId(), name: '', label: '', aliases: '', score: '' })

const nextValue = (points: readonly PointDraft[]) => {
  const last = Number(points.at(-1)?.value)
  return Number.isInteger(last) ? String(last + 1) : ''
}

type RowProps<T> = { number: number; path: string; onChange: (change: Partial<T>) => void; onRemove: () => void }

function PointRow({ point, number, path, onChange, onRemove }: RowProps<PointDraft> & { point: PointDraft }) {
  const valueProblem = useProblem(`${path}.value`)
  const labelProblem = useProblem(`${path}.label`)
  return (
    <tr className="align-top" data-path={path}>
      <td className="py-1 pr-2">
        <TextField label={`Value of point ${number}`} isLabelHidden inputMode="numeric" value={point.value} onChange={(value) => onChange({ value })} problem={valueProblem} />
      </td>
      <td className="py-1 pr-2">
        <TextField label={`Meaning of point ${number}`} isLabelHidden value={point.label} onChange={(label) => onChange({ label })} problem={labelProblem} />
      </td>
      <td className="py-1">
        <Button kind="quiet" label={`Remove point ${number}`} onPress={onRemove}>
          ✕
        </Button>
      </td>
    </tr>
  )
}

function ChoiceRow({ choice, number, path, onChange, onRemove }: RowProps<ChoiceDraft> & { choice: ChoiceDraft }) {
  const nameProblem = useProblem(`${path}.name`)
  const aliasProblem = useProblem(`${path}.aliases`)
  const scoreProblem = useProblem(`${path}.score`)
  return (
    <tr className="align-top" data-path={path}>
      <td className="py-1 pr-2">
        <TextField label={`Name of choice ${number}`} isLabelHidden value={choice.name} onChange={(name) => onChange({ name })} problem={nameProblem} />
      </td>
      <td className="py-1 pr-2">
        <TextField label={`Meaning of choice ${number}`} isLabelHidden value={choice.label} onChange={(label) => onChange({ label })} />
      </td>
      <td className="py-1 pr-2">
        <TextField label={`Other spellings of choice ${number}`} isLabelHidden placeholder="spelling, spelling" value={choice.aliases} onChange={(aliases) => onChange({ aliases })} problem={aliasProblem} />
      </td>
      <td className="py-1 pr-2">
        <TextField label={`Score of choice ${number}`} isLabelHidden inputMode="decimal" value={choice.score} onChange={(score) => onChange({ score })} problem={scoreProblem} />
      </td>
      <td className="py-1">
        <Button kind="quiet" label={`Remove choice ${number}`} onPress={onRemove}>
          ✕
        </Button>
      </td>
    </tr>
  )
}
