import { useQueries } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'

import { execute } from '@/api/execute'
import { VersionTextDocument, type VersionRowFragment } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Table, type Column } from '@/ui/table/Table'
import { Time } from '@/ui/Time'
import { counted, whole } from '@/words/format'

import { lineDiff, type DiffLine, type Span } from './lineDiff'

const COLUMNS: Column<VersionRowFragment>[] = [
  {
    id: 'version',
    header: 'Version',
    cell: ({ number }) => (
      <Link
        from="/definitions/$definitionId"
        to="/definitions/$definitionId"
        search={(before) => ({ ...before, version: String(number), against: undefined })}
        replace
        resetScroll={false}
        className="font-medium hover:underline"
      >
        v{number}
      </Link>
    ),
  },
  { id: 'scenarios', header: 'Scenarios', align: 'right', cell: ({ scenarioCount }) => whole(scenarioCount) },
  { id: 'sum', header: 'SHA-256', hideBelow: 'sm', cell: ({ sha256 }) => <span className="font-mono text-xs text-quiet" title={sha256}>{sha256.slice(0, 12)}</span> },
  { id: 'person', header: 'Saved by', hideBelow: 'sm', cell: ({ createdBy }) => createdBy.name },
  { id: 'saved', header: 'Saved', align: 'right', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

type Props = { versions: VersionRowFragment[]; shown: VersionRowFragment; against: string | undefined }

/** The versions of a definition, and what changed from one to another. */
export function VersionsTab({ versions, shown, against }: Props) {
  const navigate = useNavigate({ from: '/definitions/$definitionId' })
  const other = versions.find(({ number }) => String(number) === against) ?? versions.find(({ number }) => number < shown.number)
  const choose = (change: { version?: string; against?: string }) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false })
  const options = versions.map(({ number }) => ({ value: String(number), label: `v${number}` }))
  return (
    <div className="flex flex-col gap-6">
      <Table
        label="Versions"
        columns={COLUMNS}
        rows={versions}
        rowId={({ id }) => id}
        currentId={shown.id}
        onOpen={({ number }) => choose({ version: String(number) })}
        empty={null}
        maxHeight="20rem"
      />
      {other && (
        <Section
          title="What changed"
          actions={
            <>
              <Select label="From" value={String(other.number)} options={options} onChange={(number) => choose({ against: number })} />
              <Select label="to" value={String(shown.number)} options={options} onChange={(number) => choose({ version: number })} />
            </>
          }
        >
          <VersionDiff before={other} after={shown} />
        </Section>
      )}
      {!other && <p className="text-quiet">There is one version: a change of the definition will be another one, and shown here.</p>}
    </div>
  )
}

function VersionDiff({ before, after }: { before: VersionRowFragment; after: VersionRowFragment }) {
  const [old, fresh] = useQueries({
    queries: [before, after].map(({ id }) => ({
      queryKey: ['version text', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => execute(VersionTextDocument, { id }, signal),
      staleTime: Infinity,
    })),
  })
  const oldText = old?.data?.definitionVersion.yaml
  const newText = fresh?.data?.definitionVersion.yaml
  const lines = useMemo(
    () => (oldText === undefined || newText === undefined ? undefined : lineDiff(oldText, newText)),
    [oldText, newText],
  )
  const failed = [old, fresh].find((query) => query?.error)
  if (failed) return <ErrorNote error={failed.error} onRetry={failed.refetch} />
  if (!lines) return <Skeleton lines={6} />
  if (before.sha256 === after.sha256) return <p className="text-quiet">Both ask exactly the same.</p>
  return (
    <div tabIndex={0} role="region" aria-label={`Changes from version ${before.number} to ${after.number}`} className="overflow-x-auto rounded-md border bg-surface py-1 font-mono text-xs leading-5">
      {lines.map((line, index) => (
        <Line key={index} line={line} />
      ))}
    </div>
  )
}

const LOOKS = {
  same: { sign: ' ', word: '', className: '' },
  removed: { sign: '−', word: 'Removed: ', className: 'bg-failed-soft' },
  added: { sign: '+', word: 'Added: ', className: 'bg-ok-soft' },
}

function Line({ line }: { line: DiffLine }) {
  if (line.kind === 'skipped') {
    return <div className="bg-sunken px-3 py-0.5 font-sans text-quiet">{counted(line.count, 'line')} the same</div>
  }
  const { sign, word, className } = LOOKS[line.kind]
  return (
    <div className={`grid grid-cols-[2.5rem_2.5rem_1.25rem_1fr] ${className}`}>
      <span className="figures select-none pr-2 text-right text-quiet">{line.kind === 'added' ? '' : line.before}</span>
      <span className="figures select-none pr-2 text-right text-quiet">{line.kind === 'removed' ? '' : line.after}</span>
      <span aria-hidden className="select-none font-bold">
        {sign}
      </span>
      <span className="whitespace-pre-wrap pr-3 [overflow-wrap:anywhere]">
        {word && <span className="sr-only">{word}</span>}
        {line.kind === 'same' ? line.text : <Spans spans={line.spans} kind={line.kind} />}
      </span>
    </div>
  )
}

function Spans({ spans, kind }: { spans: Span[]; kind: 'removed' | 'added' }) {
  return spans.map(({ text, isChanged }, index) => (
    <span
      key={index}
      className={isChanged ? `rounded-sm font-semibold ${kind === 'removed' ? 'bg-failed/20' : 'bg-ok/25'}` : ''}
    >
      {text}
    </span>
  ))
}
