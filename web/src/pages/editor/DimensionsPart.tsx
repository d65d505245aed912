import { memo, useCallback } from 'react'

import { Button } from '@/ui/Button'
import { TextField } from '@/ui/TextField'

import { emptyDimension, emptyLevel, type Change, type DimensionDraft, type LevelDraft } from './draft'
import { FormPart, moved, replaced, without } from './FormPart'
import { useProblem } from './problems'

type Props = {
  dimensions: DimensionDraft[]
  /** Whether a level can say which choice is right. */
  hasTargets: boolean
  onChange: (change: Change) => void
  onList: () => void
}

/** The variables of the template, each with its levels as a table. */
export function DimensionsPart({ dimensions, hasTargets, onChange, onList }: Props) {
  const update = useCallback(
    (next: (dimensions: DimensionDraft[]) => DimensionDraft[]) => onChange((draft) => ({ dimensions: next(draft.dimensions) })),
    [onChange],
  )
  return (
    <FormPart
      title="Dimensions"
      note="What varies. Every combination of levels is a scenario; the first dimension varies slowest. A level with several wordings counts once for each."
    >
      {dimensions.map((dimension, index) => (
        <DimensionTable
          key={dimension.id}
          dimension={dimension}
          path={`dimensions[${index}]`}
          isFirst={index === 0}
          isLast={index === dimensions.length - 1}
          hasTargets={hasTargets || dimension.levels.some(({ target }) => target !== '')}
          onUpdate={update}
        />
      ))}
      <div className="flex gap-2">
        <Button size="small" onPress={() => update((before) => [...before, emptyDimension()])}>
          Add dimension
        </Button>
        {dimensions.length === 0 && (
          <Button size="small" kind="quiet" onPress={onList}>
            List scenarios one by one instead
          </Button>
        )}
      </div>
    </FormPart>
  )
}

type TableProps = {
  dimension: DimensionDraft
  path: string
  isFirst: boolean
  isLast: boolean
  hasTargets: boolean
  /** Stays the same, so that what is typed in one dimension does not draw the others again. */
  onUpdate: (next: (dimensions: DimensionDraft[]) => DimensionDraft[]) => void
}

const DimensionTable = memo(function DimensionTable({ dimension, path, isFirst, isLast, hasTargets, onUpdate }: TableProps) {
  const { id, name, description, levels } = dimension
  const onChange = (change: Partial<DimensionDraft>) => onUpdate((all) => replaced(all, id, change))
  const onMove = (by: -1 | 1) => onUpdate((all) => moved(all, id, by))
  const onRemove = () => onUpdate((all) => without(all, id))
  const called = name || 'this dimension'
  const nameProblem = useProblem(`${path}.name`)
  const levelsProblem = useProblem(`${path}.levels`)
  return (
    <div className="flex flex-col gap-2 rounded-md border bg-surface p-3" data-path={path}>
      <div className="flex flex-wrap items-start gap-2">
        <div className="w-44" data-path={`${path}.name`}>
          <TextField label="Name" isLabelHidden placeholder="name" value={name} onChange={(value) => onChange({ name: value })} problem={nameProblem} />
        </div>
        <div className="min-w-40 flex-1">
          <TextField label="What it varies" isLabelHidden placeholder="What it varies, for people only" value={description} onChange={(value) => onChange({ description: value })} />
        </div>
        <div className="flex">
          <Button kind="quiet" label={`Move ${called} up`} disabledReason={isFirst ? 'It is the first.' : null} onPress={() => onMove(-1)}>
            ↑
          </Button>
          <Button kind="quiet" label={`Move ${called} down`} disabledReason={isLast ? 'It is the last.' : null} onPress={() => onMove(1)}>
            ↓
          </Button>
          <Button kind="quiet" label={`Remove ${called}`} onPress={onRemove}>
            ✕
          </Button>
        </div>
      </div>
      {levelsProblem && <p className="text-sm text-failed">{levelsProblem}</p>}
      <div className="overflow-x-auto" data-path={`${path}.levels`}>
        <table className="w-full text-sm" aria-label={`Levels of ${called}`}>
          <thead>
            <tr className="text-left text-quiet">
              <th scope="col" className="w-20 pr-2 font-medium">Score</th>
              <th scope="col" className="w-[30%] min-w-32 pr-2 font-medium">Label</th>
              <th scope="col" className="min-w-48 pr-2 font-medium">What the model reads</th>
              {hasTargets && <th scope="col" className="w-28 pr-2 font-medium">Target</th>}
              <th scope="col" className="w-9"><span className="sr-only">Remove</span></th>
            </tr>
          </thead>
          <tbody>
            {levels.map((level, index) => (
              <LevelRow
                key={level.id}
                level={level}
                number={index + 1}
                path={`${path}.levels[${index}]`}
                hasTargets={hasTargets}
                onChange={(change) => onChange({ levels: replaced(levels, level.id, change) })}
                onRemove={() => onChange({ levels: without(levels, level.id) })}
              />
            ))}
          </tbody>
        </table>
      </div>
      <div>
        <Button size="small" kind="quiet" onPress={() => onChange({ levels: [...levels, emptyLevel()] })}>
          + Add level
        </Button>
      </div>
    </div>
  )
})

type RowProps = {
  level: LevelDraft
  number: number
  path: string
  hasTargets: boolean
  onChange: (change: Partial<LevelDraft>) => void
  onRemove: () => void
}

function LevelRow({ level, number, path, hasTargets, onChange, onRemove }: RowProps) {
  const { score, label, wordings, target } = level
  const scoreProblem = useProblem(`${path}.score`)
  const labelProblem = useProblem(`${path}.label`)
  const targetProblem = useProblem(`${path}.target`)
  const wordingsProblem = useProblem(`${path}.wordings`)
  const setWording = (index: number, value: string) => onChange({ wordings: wordings.map((wording, at) => (at === index ? value : wording)) })
  return (
    <tr className="align-top" data-path={path}>
      <td className="py-1 pr-2" data-path={`${path}.score`}>
        <TextField label={`Score of level ${number}`} isLabelHidden inputMode="decimal" value={score} onChange={(value) => onChange({ score: value })} problem={scoreProblem} />
      </td>
      <td className="py-1 pr-2" data-path={`${path}.label`}>
        <TextField label={`Label of level ${number}`} isLabelHidden value={label} onChange={(value) => onChange({ label: value })} problem={labelProblem} />
      </td>
      <td className="py-1 pr-2" data-path={`${path}.wordings`}>
        <div className="flex flex-col gap-1">
          {wordings.map((wording, index) => (
            <Wording
              key={index}
              name={wordings.length > 1 ? `Wording ${index + 1} of level ${number}` : `Wording of level ${number}`}
              path={`${path}.wordings[${index}]`}
              value={wording}
              onChange={(value) => setWording(index, value)}
              onRemove={wordings.length > 1 ? () => onChange({ wordings: wordings.filter((_, at) => at !== index) }) : undefined}
              onAdd={index === wordings.length - 1 ? () => onChange({ wordings: [...wordings, ''] }) : undefined}
            />
          ))}
          {wordingsProblem && <span className="text-sm text-failed">{wordingsProblem}</span>}
        </div>
      </td>
      {hasTargets && (
        <td className="py-1 pr-2" data-path={`${path}.target`}>
          <TextField label={`Target of level ${number}`} isLabelHidden value={target} onChange={(value) => onChange({ target: value })} problem={targetProblem} />
        </td>
      )}
      <td className="py-1">
        <Button kind="quiet" label={`Remove level ${number}`} onPress={onRemove}>
          ✕
        </Button>
      </td>
    </tr>
  )
}

type WordingProps = {
  name: string
  path: string
  value: string
  onChange: (value: string) => void
  onRemove: (() => void) | undefined
  onAdd: (() => void) | undefined
}

function Wording({ name, path, value, onChange, onRemove, onAdd }: WordingProps) {
  const problem = useProblem(path)
  return (
    <div className="flex items-start gap-1" data-path={path}>
      <div className="min-w-0 flex-1">
        <TextField label={name} isLabelHidden value={value} onChange={onChange} problem={problem} isMultiline />
      </div>
      {onRemove && (
        <Button kind="quiet" label={`Remove ${name.toLowerCase()}`} onPress={onRemove}>
          −
        </Button>
      )}
      {onAdd && (
        <Button kind="quiet" label="Add another wording" hint="Another way of saying the same: a scenario of its own" onPress={onAdd}>
          +
        </Button>
      )}
    </div>
  )
}
