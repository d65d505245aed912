import { Select } from '@/ui/Field'
import { TextField } from '@/ui/TextField'

import { EFFORTS, type FieldProblems } from './request'
import type { NewRunSearch } from './search'

type Props = { search: NewRunSearch; problems: FieldProblems; onChange: (change: NewRunSearch) => void }

const WORDS = { NONE: 'None', MINIMAL: 'Minimal', LOW: 'Low', MEDIUM: 'Medium', HIGH: 'High' } as const

/** The sample, and how answers are asked for. */
export function Parameters({ search, problems, onChange }: Props) {
  const field = (name: keyof NewRunSearch) => ({
    value: search[name] ?? '',
    onChange: (value: string) => onChange({ [name]: value || undefined }),
    problem: problems[name],
  })
  return (
    <div className="grid items-start gap-x-6 gap-y-4 sm:grid-cols-2 lg:grid-cols-3">
      <TextField label="Share of the scenarios" inputMode="decimal" placeholder="100" unit="%" {...field('sample')} hint="The same scenarios for every model." />
      <TextField label="Seed of the sample" inputMode="numeric" placeholder="random" {...field('seed')} hint="The same seed picks the same scenarios." />
      <TextField label="Samples per scenario" inputMode="numeric" placeholder="1" {...field('repeats')} hint="How often each scenario is asked." />
      <TextField label="Most tokens of an answer" inputMode="numeric" placeholder="as the provider has it" {...field('maxTokens')} hint="It bounds what a run can cost." />
      <TextField label="Temperature" inputMode="decimal" placeholder="as the provider has it" {...field('temperature')} hint="0 to 2; left out where a model takes none." />
      <TextField label="Budget" inputMode="decimal" placeholder="none" unit="US dollars" {...field('budget')} hint="No call is started that may not fit." />
      <Select
        label="Reasoning effort"
        value={EFFORTS.find((effort) => effort === search.effort) ?? ''}
        options={[{ value: '', label: 'As the model has it' }, ...EFFORTS.map((value) => ({ value, label: WORDS[value] }))]}
        onChange={(value) => onChange({ effort: value || undefined })}
      />
    </div>
  )
}
