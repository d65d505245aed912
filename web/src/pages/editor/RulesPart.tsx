import { Button } from '@/ui/Button'
import { TextField } from '@/ui/TextField'

import { freshId, type Draft } from './draft'
import { FormPart, replaced, without } from './FormPart'
import { useProblem } from './problems'

type Props = { draft: Draft; onChange: (change: Partial<Draft>) => void }

/** Combinations to leave out. */
export function RulesPart({ draft: { rules, dimensions }, onChange }: Props) {
  const [first = 'victims', second] = dimensions.map(({ name }) => name).filter((name) => name !== '')
  const example = `exclude: ${first}=1${second === undefined ? '' : ` AND ${second}=5`}`
  return (
    <FormPart
      title="Rules"
      note={
        <>
          Combinations to leave out, e.g. <code className="font-mono">{example}</code>. A number is a level’s score, a word its label; also{' '}
          <code className="font-mono">!= &lt; &lt;= &gt; &gt;= IN (…) OR NOT</code>.
        </>
      }
    >
      {rules.map(({ id, text }, index) => (
        <Rule
          key={id}
          number={index + 1}
          text={text}
          onChange={(changed) => onChange({ rules: replaced(rules, id, { text: changed }) })}
          onRemove={() => onChange({ rules: without(rules, id) })}
        />
      ))}
      <div>
        <Button size="small" onPress={() => onChange({ rules: [...rules, { id: freshId(), text: 'exclude: ' }] })}>
          Add rule
        </Button>
      </div>
    </FormPart>
  )
}

type RuleProps = { number: number; text: string; onChange: (text: string) => void; onRemove: () => void }

function Rule({ number, text, onChange, onRemove }: RuleProps) {
  const path = `rules[${number - 1}]`
  const problem = useProblem(path)
  return (
    <div className="flex items-start gap-1 font-mono" data-path={path}>
      <div className="min-w-0 flex-1">
        <TextField label={`Rule ${number}`} isLabelHidden value={text} onChange={onChange} problem={problem} />
      </div>
      <Button kind="quiet" label={`Remove rule ${number}`} onPress={onRemove}>
        ✕
      </Button>
    </div>
  )
}
