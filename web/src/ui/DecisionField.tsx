import type { DecisionChoicesFragment } from '@/api/generated/graphql'

import { decisionOptions } from './decision'
import { TextField } from './TextField'

/** Nothing is decided; no value of a definition is empty. */
export const UNREADABLE = ''

type Props = {
  spec: DecisionChoicesFragment
  /** Null: nothing is chosen yet. `UNREADABLE`: it decides nothing. */
  value: string | null
  onChange: (value: string) => void
  name: string
}

/** What a transcript decided, as a person says it: one of the definition's values, or nothing. */
export function DecisionField({ spec, value, onChange, name }: Props) {
  const options = decisionOptions(spec)
  return (
    <fieldset className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1 text-sm font-medium">Decision</legend>
      {options?.map((option) => (
        <Choice key={option.value} name={name} label={option.label} isChosen={value === option.value} onChoose={() => onChange(option.value)} />
      ))}
      {!options && <TextField label="In the words of the definition" value={value ?? ''} onChange={onChange} />}
      <Choice name={name} label="Unreadable: it decides nothing" isChosen={value === UNREADABLE} onChoose={() => onChange(UNREADABLE)} />
    </fieldset>
  )
}

type ChoiceProps = { name: string; label: string; isChosen: boolean; onChoose: () => void }

function Choice({ name, label, isChosen, onChoose }: ChoiceProps) {
  return (
    <label className={`flex min-h-7 cursor-pointer items-center gap-2 rounded-md px-2 ${isChosen ? 'bg-accent-soft' : 'hover:bg-sunken'}`}>
      <input type="radio" name={name} checked={isChosen} onChange={onChoose} className="accent-accent" />
      <span className="min-w-0 [overflow-wrap:anywhere]">{label}</span>
    </label>
  )
}
