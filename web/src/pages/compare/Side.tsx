import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import type { PickedRunFragment } from '@/api/generated/graphql'
import { Button } from '@/ui/Button'
import { Select } from '@/ui/Field'
import { Time } from '@/ui/Time'
import { fullModelName } from '@/words/model'

import { RunChooser } from './RunChooser'

type Props = {
  name: 'Baseline' | 'Candidate'
  run: PickedRunFragment | undefined
  model: string | undefined
  definition: PickedRunFragment['definition']
  /** What stands in the list for no model in particular. */
  anyModel: string
  onRun: (id: string) => void
  onModel: (id: string | undefined) => void
}

/** One side of a comparison: a run, and one of its models or all of them. */
export function Side({ name, run, model, definition, anyModel, onRun, onModel }: Props) {
  const [isChoosing, setChoosing] = useState(false)
  return (
    <section aria-label={name} className="flex min-w-0 flex-col gap-2 rounded-md border bg-surface p-3">
      <div className="flex items-center justify-between gap-3">
        <h2 className="text-sm font-medium text-quiet">
          <span aria-hidden>{name === 'Baseline' ? '○ ' : '● '}</span>
          {name}
        </h2>
        <Button size="small" kind={run ? 'quiet' : 'primary'} onPress={() => setChoosing(true)} label={run ? `Change the ${name.toLowerCase()}` : `Choose the ${name.toLowerCase()}`}>
          {run ? 'Change' : 'Choose a run'}
        </Button>
      </div>
      {run ? (
        <>
          <div className="min-w-0">
            <Link to="/runs/$runId" params={{ runId: run.id }} className="font-medium [overflow-wrap:anywhere] hover:underline">
              {run.definition?.name ?? 'Run'}
            </Link>{' '}
            <span className="text-sm text-quiet">
              {run.definitionVersion && `version ${run.definitionVersion.number} · `}
              <span className="font-mono text-xs">{run.shortId}</span> · <Time at={run.createdAt} />
              {!run.isFinished && ' · not over yet'}
            </span>
          </div>
          <Select
            label={`Model of the ${name.toLowerCase()}`}
            isLabelHidden
            value={model ?? ''}
            options={[{ value: '', label: anyModel }, ...run.models.map((one) => ({ value: one.id, label: fullModelName(one) }))]}
            onChange={(id) => onModel(id || undefined)}
          />
        </>
      ) : (
        <p className="text-sm text-quiet">{name === 'Baseline' ? 'What is measured against.' : 'What is measured.'}</p>
      )}
      {isChoosing && (
        <RunChooser
          title={`Choose the ${name.toLowerCase()}`}
          definition={definition}
          onChoose={({ id }) => {
            setChoosing(false)
            onRun(id)
          }}
          onClose={() => setChoosing(false)}
        />
      )}
    </section>
  )
}
