import { TextField } from '@/ui/TextField'

import type { Draft } from './draft'
import { FormPart } from './FormPart'
import { useProblem } from './problems'

type Props = { draft: Draft; onChange: (change: Partial<Draft>) => void }

/** What a model must be able to do, and how long a conversation may be. */
export function NeedsPart({ draft, onChange }: Props) {
  const turnsProblem = useProblem('maxTurns')
  const contextProblem = useProblem('requires.contextTokens')
  return (
    <FormPart title="Needs" note="A run with a model that cannot do this is refused, by name.">
      <div className="flex flex-wrap items-start gap-x-6 gap-y-3">
        <div data-path="requires.contextTokens">
          <TextField
            label="Least context"
            value={draft.contextTokens}
            onChange={(contextTokens) => onChange({ contextTokens })}
            problem={contextProblem}
            inputMode="numeric"
            placeholder="any"
            unit="tokens"
            width="11rem"
          />
        </div>
        <div data-path="maxTurns">
          <TextField
            label="Most turns"
            value={draft.maxTurns}
            onChange={(maxTurns) => onChange({ maxTurns })}
            problem={turnsProblem}
            inputMode="numeric"
            placeholder={String(1 + draft.followUps.length)}
            width="7rem"
          />
        </div>
        <div className="flex flex-col gap-1.5 pt-1 text-sm">
          <Check word="A system prompt" isChecked={draft.systemPrompt} onChange={(systemPrompt) => onChange({ systemPrompt })} />
          <Check word="Answers in a JSON schema" isChecked={draft.structuredOutput} onChange={(structuredOutput) => onChange({ structuredOutput })} />
        </div>
      </div>
    </FormPart>
  )
}

const Check = ({ word, isChecked, onChange }: { word: string; isChecked: boolean; onChange: (isChecked: boolean) => void }) => (
  <label className="flex items-center gap-2">
    <input type="checkbox" checked={isChecked} onChange={(event) => onChange(event.target.checked)} className="size-4 accent-accent" />
    {word}
  </label>
)
