import { useState } from 'react'

import { inputClass } from '@/ui/Field'
import { TextField } from '@/ui/TextField'

import type { Draft } from './draft'
import { FormPart } from './FormPart'
import { useProblem, useProblemsWithin } from './problems'

type Props = { draft: Draft; onChange: (change: Partial<Draft>) => void }

/** What the definition is called, and what people find it by. */
export function AboutPart({ draft, onChange }: Props) {
  const nameProblem = useProblem('name')
  const descriptionProblem = useProblem('description')
  const tagProblems = useProblemsWithin('tags')
  return (
    <FormPart title="About">
      <div data-path="name">
        <TextField label="Name" value={draft.name} onChange={(name) => onChange({ name })} problem={nameProblem} />
      </div>
      <div data-path="description">
        <TextField
          label="Description"
          value={draft.description}
          onChange={(description) => onChange({ description })}
          problem={descriptionProblem}
          placeholder="What it is for. Models never see it."
          isMultiline
        />
      </div>
      <div data-path="tags">
        <Tags tags={draft.tags} onChange={(tags) => onChange({ tags })} />
        {tagProblems.map(({ path, message, fix }) => (
          <p key={path} className="text-sm text-failed">
            {message} {fix}
          </p>
        ))}
      </div>
    </FormPart>
  )
}

function Tags({ tags, onChange }: { tags: string[]; onChange: (tags: string[]) => void }) {
  const [typed, setTyped] = useState('')
  const add = () => {
    const added = typed.split(',').map((tag) => tag.trim()).filter((tag) => tag !== '' && !tags.includes(tag))
    if (added.length > 0) onChange([...tags, ...added])
    setTyped('')
  }
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor="tags" className="text-sm font-medium">
        Tags
      </label>
      <div className="flex flex-wrap items-center gap-1.5">
        {tags.map((tag) => (
          <button
            key={tag}
            type="button"
            onClick={() => onChange(tags.filter((other) => other !== tag))}
            aria-label={`Remove the tag ${tag}`}
            className="inline-flex h-7 max-w-60 items-center gap-1.5 rounded-sm border bg-sunken px-2 text-sm hover:border-edge"
          >
            <span className="truncate">{tag}</span>
            <span aria-hidden className="text-quiet">
              ✕
            </span>
          </button>
        ))}
        <input
          id="tags"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter' || event.key === ',') {
              event.preventDefault()
              add()
            }
            if (event.key === 'Backspace' && typed === '') onChange(tags.slice(0, -1))
          }}
          onBlur={add}
          placeholder="Add a tag, Enter"
          autoComplete="off"
          className={`${inputClass} w-40`}
        />
      </div>
    </div>
  )
}
