import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'

import { execute } from '@/api/execute'
import { PickRunsDocument, type PickedRunFragment } from '@/api/generated/graphql'
import { Dialog } from '@/ui/Dialog'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchField } from '@/ui/Field'
import { Empty } from '@/ui/Notice'
import { StatusWord } from '@/ui/StatusWord'
import { Table, type Column } from '@/ui/table/Table'
import { Time } from '@/ui/Time'
import { modelName } from '@/words/model'

type Props = {
  title: string
  /** Runs of the same definition share scenarios: they stand alone until others are asked for. */
  definition: { id: string; name: string } | null
  onChoose: (run: PickedRunFragment) => void
  onClose: () => void
}

/** Finds a run by its definition, tag or id. */
export function RunChooser({ title, definition, onChoose, onClose }: Props) {
  const [text, setText] = useState('')
  const [isAny, setIsAny] = useState(false)
  const of = definition && !isAny ? { definitionId: definition.id } : {}
  const query = useQuery({
    queryKey: ['runs', 'pick', text, of],
    queryFn: ({ signal }) => execute(PickRunsDocument, { filter: { ...of, ...(text && { text }) } }, signal),
    placeholderData: (before) => before,
  })
  return (
    <Dialog title={title} isOpen onClose={onClose} width="wide">
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <SearchField label="Find a run" value={text} onChange={setText} />
        {definition && (
          <label className="flex items-center gap-2 text-sm">
            <input type="checkbox" checked={isAny} onChange={(event) => setIsAny(event.target.checked)} className="accent-accent" />
            also runs of other definitions
          </label>
        )}
      </div>
      {query.error ? (
        <ErrorNote error={query.error} onRetry={query.refetch} />
      ) : (
        <Table
          label="Runs"
          columns={columnsOf(onChoose)}
          rows={query.data?.runs.nodes}
          rowId={({ id }) => id}
          onOpen={onChoose}
          maxHeight="50vh"
          empty={<Empty title="No such run">{definition && !isAny ? `No run of ${definition.name} fits; look among the others.` : 'Look for the name of its definition, or the end of its id.'}</Empty>}
        />
      )}
    </Dialog>
  )
}

const columnsOf = (onChoose: (run: PickedRunFragment) => void): Column<PickedRunFragment>[] => [
  {
    id: 'run',
    header: 'Run',
    cell: (run) => (
      <button type="button" onClick={() => onChoose(run)} className="text-left hover:underline">
        <span className="font-medium [overflow-wrap:anywhere]">{run.definition?.name ?? 'Run'}</span>{' '}
        <span className="text-quiet">
          {run.definitionVersion && `v${run.definitionVersion.number} · `}
          <span className="font-mono text-xs">{run.shortId}</span>
        </span>
      </button>
    ),
  },
  { id: 'models', header: 'Models', hideBelow: 'sm', cell: ({ models }) => <span className="line-clamp-1 text-quiet">{models.map((model) => modelName(model, models)).join(', ')}</span> },
  { id: 'status', header: 'Status', width: '10rem', hideBelow: 'sm', cell: (run) => <StatusWord status={run.status} isFinished={run.isFinished} /> },
  { id: 'created', header: 'Started', align: 'right', width: '7rem', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
