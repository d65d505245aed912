import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { execute } from '@/api/execute'
import { DefinitionsDocument } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchField } from '@/ui/Field'
import { Empty } from '@/ui/Notice'
import { Table, type Column } from '@/ui/table/Table'
import { whole } from '@/words/format'

type Row = { id: string; name: string; latestVersion: { scenarioCount: number } }

const COLUMNS: Column<Row>[] = [
  {
    id: 'name',
    header: 'Definition',
    cell: ({ id, name }) => (
      <Link to="/runs/new" search={(before) => ({ ...before, definition: id, version: undefined })} replace className="line-clamp-1 font-medium [overflow-wrap:anywhere] hover:underline">
        {name}
      </Link>
    ),
  },
  { id: 'scenarios', header: 'Scenarios', align: 'right', width: '7rem', cell: ({ latestVersion }) => whole(latestVersion.scenarioCount) },
]

/** What is to be asked, where the address does not say it yet. */
export function DefinitionPicker({ onChoose }: { onChoose: (id: string) => void }) {
  const [text, setText] = useState('')
  const query = useQuery({
    queryKey: ['definitions', 'pick', text],
    queryFn: ({ signal }) => execute(DefinitionsDocument, { text: text || null, first: 20 }, signal),
    placeholderData: (before) => before,
  })
  if (query.error) return <ErrorNote error={query.error} onRetry={query.refetch} />
  return (
    <div className="flex flex-col gap-3">
      <SearchField label="Find a definition" value={text} onChange={setText} />
      <Table
        label="Definitions"
        columns={COLUMNS}
        rows={query.data?.definitions.nodes}
        rowId={({ id }) => id}
        onOpen={({ id }) => onChoose(id)}
        empty={
          text ? (
            <Empty title="No definition is called that" />
          ) : (
            <Empty title="No definition yet">
              <Link to="/definitions/new" className="link">
                Write one
              </Link>{' '}
              first: it says what models are asked.
            </Empty>
          )
        }
      />
    </div>
  )
}
