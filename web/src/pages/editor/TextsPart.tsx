import { Button } from '@/ui/Button'
import { CodeArea } from '@/ui/code/CodeArea'
import { placeholdersIn } from '@/words/template'

import { emptyDimension, freshId, type Draft } from './draft'
import { FormPart, moved, replaced, without } from './FormPart'
import { useProblem } from './problems'

type Props = { draft: Draft; known: ReadonlySet<string>; onChange: (change: Partial<Draft>) => void }

/** What models are sent: preamble, template, follow-ups. */
export function TextsPart({ draft, known, onChange }: Props) {
  const missing = [...new Set([draft.preamble, draft.template, ...draft.followUps.map(({ text }) => text)].flatMap((text) => placeholdersIn(text).map(({ name }) => name)))].filter(
    (name) => !known.has(name) && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(name),
  )
  return (
    <FormPart
      title="What is asked"
      note={
        <>
          <code className="font-mono">[name]</code> stands for the wording of a dimension, <code className="font-mono">[scale]</code> or{' '}
          <code className="font-mono">[choices]</code> for the possible decisions, <code className="font-mono">[[</code> and{' '}
          <code className="font-mono">]]</code> for brackets.
        </>
      }
    >
      <Text
        label="Preamble: the system prompt"
        path="preamble"
        value={draft.preamble}
        known={known}
        onChange={(preamble) => onChange({ preamble })}
        placeholder="Left empty: no system prompt is sent."
        minHeight={2}
      />
      <Text
        label="Template: the first question"
        path="template"
        value={draft.template}
        known={known}
        onChange={(template) => onChange({ template })}
        placeholder={draft.scenarios.length > 0 ? '[body]' : ''}
        minHeight={8}
      />
      {missing.length > 0 && draft.scenarios.length === 0 && (
        <div className="flex flex-wrap items-center gap-2 text-sm text-quiet">
          Not there yet:
          {missing.map((name) => (
            <Button key={name} size="small" onPress={() => onChange({ dimensions: [...draft.dimensions, emptyDimension(name)] })}>
              Add dimension {name}
            </Button>
          ))}
        </div>
      )}
      {draft.followUps.map(({ id, text }, index) => (
        <div key={id} className="flex items-start gap-1">
          <div className="min-w-0 flex-1">
            <Text
              label={`Follow-up ${index + 1}`}
              path={`followUps[${index}]`}
              value={text}
              known={known}
              onChange={(changed) => onChange({ followUps: replaced(draft.followUps, id, { text: changed }) })}
              minHeight={2}
            />
          </div>
          <div className="flex pt-6">
            <Button kind="quiet" size="small" label={`Move follow-up ${index + 1} up`} disabledReason={index === 0 ? 'It is the first.' : null} onPress={() => onChange({ followUps: moved(draft.followUps, id, -1) })}>
              ↑
            </Button>
            <Button kind="quiet" size="small" label={`Remove follow-up ${index + 1}`} onPress={() => onChange({ followUps: without(draft.followUps, id) })}>
              ✕
            </Button>
          </div>
        </div>
      ))}
      <div>
        <Button size="small" onPress={() => onChange({ followUps: [...draft.followUps, { id: freshId(), text: '' }] })}>
          Add follow-up
        </Button>
      </div>
    </FormPart>
  )
}

type TextProps = {
  label: string
  path: string
  value: string
  known: ReadonlySet<string>
  onChange: (value: string) => void
  placeholder?: string
  minHeight: number
}

function Text({ path, ...area }: TextProps) {
  const problem = useProblem(path)
  return (
    <div data-path={path}>
      <CodeArea {...area} kind="prompt" problem={problem} />
    </div>
  )
}
