import { useState } from 'react'

import { shownValue } from '@/pages/definition/levelFilter'
import { Button } from '@/ui/Button'
import { TextField } from '@/ui/TextField'
import { counted, whole } from '@/words/format'

import { freshId, type ListedDraft } from './draft'
import { FormPart, replaced, without } from './FormPart'
import { useProblem } from './problems'

/** Scenarios that are drawn at once: thousands of fields would make every keystroke slow. */
const STEP = 20

type Props = { scenarios: ListedDraft[]; onChange: (scenarios: ListedDraft[]) => void }

/** Scenarios that are written out one by one. */
export function ListedPart({ scenarios, onChange }: Props) {
  const [shown, setShown] = useState(STEP)
  return (
    <FormPart
      title="Scenarios"
      note={
        <>
          {counted(scenarios.length, 'scenario')}, written out one by one; <code className="font-mono">[body]</code> stands for the text of each.
        </>
      }
    >
      {scenarios.slice(0, shown).map((scenario, index) => (
        <Listed
          key={scenario.id}
          scenario={scenario}
          number={index + 1}
          onChange={(change) => onChange(replaced(scenarios, scenario.id, change))}
          onRemove={() => onChange(without(scenarios, scenario.id))}
        />
      ))}
      <div className="flex gap-2">
        {scenarios.length > shown && (
          <Button size="small" onPress={() => setShown(shown + STEP)}>
            Show more ({whole(scenarios.length - shown)} left)
          </Button>
        )}
        <Button
          size="small"
          onPress={() => {
            onChange([...scenarios, emptyListed(scenarios.length + 1)])
            setShown(Math.max(shown, scenarios.length + 1))
          }}
        >
          Add scenario
        </Button>
      </div>
    </FormPart>
  )
}

export const emptyListed = (number: number): ListedDraft => ({
  id: freshId(),
  key: `scenario-${number}`,
  body: '',
  system: null,
  target: '',
  fields: [],
})

type ListedProps = { scenario: ListedDraft; number: number; onChange: (change: Partial<ListedDraft>) => void; onRemove: () => void }

function Listed({ scenario, number, onChange, onRemove }: ListedProps) {
  const path = `scenarios[${number - 1}]`
  const keyProblem = useProblem(`${path}.key`)
  const bodyProblem = useProblem(`${path}.body`)
  const targetProblem = useProblem(`${path}.target`)
  const { key, body, system, target, fields } = scenario
  return (
    <div className="flex flex-col gap-2 rounded-md border bg-surface p-3" data-path={path}>
      <div className="flex flex-wrap items-start gap-2">
        <div className="min-w-40 flex-1">
          <TextField label={`Key of scenario ${number}`} isLabelHidden placeholder="key" value={key} onChange={(value) => onChange({ key: value })} problem={keyProblem} />
        </div>
        <div className="min-w-40 flex-1">
          <TextField label={`Target of scenario ${number}`} isLabelHidden placeholder="right answer, if there is one" value={target} onChange={(value) => onChange({ target: value })} problem={targetProblem} />
        </div>
        <Button kind="quiet" label={`Remove scenario ${number}`} onPress={onRemove}>
          ✕
        </Button>
      </div>
      <TextField label={`Body of scenario ${number}`} isLabelHidden placeholder="What [body] stands for" value={body} onChange={(value) => onChange({ body: value })} problem={bodyProblem} isMultiline />
      {system !== null && (
        <TextField label="System prompt of its own" value={system} onChange={(value) => onChange({ system: value })} isMultiline />
      )}
      {fields.length > 0 && (
        <p className="text-sm text-quiet [overflow-wrap:anywhere]" title="Further keys are changed in the text view">
          {fields.map(({ name, value }) => `${name}: ${shownValue(value)}`).join(' · ')}
        </p>
      )}
    </div>
  )
}
