import { useQuery } from '@tanstack/react-query'

import { execute } from '@/api/execute'
import { RunRelatedDocument } from '@/api/generated/graphql'
import { RUN_COLUMNS } from '@/pages/runs/runColumns'
import { ErrorNote } from '@/ui/ErrorNote'
import { Empty } from '@/ui/Notice'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Table } from '@/ui/table/Table'

import type { TabProps } from '../RunPage'

/** What this run repeats, and what repeats it. */
export function RelatedTab({ run }: TabProps) {
  const query = useQuery({
    queryKey: ['run', run.id, 'related'],
    queryFn: ({ signal }) => execute(RunRelatedDocument, { id: run.id }, signal),
  })
  if (!query.data) return query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={4} />
  const { parentRun, children } = query.data.run
  const table = (label: string, rows: typeof children, empty: string) => (
    <Table
      label={label}
      columns={RUN_COLUMNS}
      rows={rows}
      rowId={({ id }) => id}
      hrefOf={({ id }) => `/runs/${id}`}
      empty={<Empty title={empty} />}
    />
  )
  return (
    <div className="flex flex-col gap-5">
      <Section title="Repeats">{table('The run that this one repeats', parentRun ? [parentRun] : [], 'It repeats no other run')}</Section>
      <Section title="Repeated by">{table('Runs that repeat this one', children, 'No run repeats this one yet')}</Section>
    </div>
  )
}
