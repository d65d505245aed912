import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { RetryFailedProbesDocument, RunProbesDocument, type ProbeRowFragment } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Empty, Notice } from '@/ui/Notice'
import { Section } from '@/ui/Page'
import { Chips, Count } from '@/ui/table/Chips'
import { Table, type Column } from '@/ui/table/Table'
import { Time } from '@/ui/Time'
import { counted, whole } from '@/words/format'
import { modelHue, modelName } from '@/words/model'

import type { TabProps } from '../RunPage'
import { grouped, type FailureGroup } from './failures'
import { readable } from './TranscriptsTab'

/** The most that are read to be grouped. */
const READ = 500

/** Why probes failed, grouped, and each of them. */
export function FailuresTab({ run, search }: TabProps) {
  const navigate = useNavigate()
  const failed = run.progress.ledger.failed
  const probes = useQuery({
    queryKey: ['run', run.id, 'failures', search.model ?? null, failed],
    queryFn: ({ signal }) =>
      execute(RunProbesDocument, { runId: run.id, status: 'FAILED', runModelId: search.model ?? null, first: READ, after: null }, signal),
    placeholderData: keepPreviousData,
  })
  const names = run.progress.models.map(({ runModel }) => runModel)
  if (failed === 0) return <Empty title="No probe failed">What was refused or could not be read is no failure: the results count it.</Empty>
  if (probes.error && !probes.data) return <ErrorNote error={probes.error} onRetry={probes.refetch} />
  const rows = probes.data?.probes.nodes
  const total = probes.data?.probes.totalCount
  const model = names.find(({ id }) => id === search.model)
  const set = (id: string | undefined) =>
    void navigate({
      to: '/runs/$runId',
      params: { runId: run.id },
      search: { tab: 'failures', ...(id && { model: id }) },
      replace: true,
      resetScroll: false,
    })
  return (
    <div className="flex flex-col gap-5">
      <Section title="Why" {...(rows && total !== undefined && total > rows.length && { note: `of the first ${whole(rows.length)}` })}>
        <ul className="flex flex-col gap-2">
          {grouped(rows ?? []).map((group) => (
            <Group key={`${group.runModel.id} ${group.category}`} group={group} run={run} name={modelName(group.runModel, names)} />
          ))}
        </ul>
      </Section>
      <Section title="Failed probes">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <div className="flex flex-wrap items-center gap-2">
            <Select
              label="Model"
              isLabelHidden
              value={search.model ?? ''}
              options={[{ value: '', label: 'All models' }, ...names.map((name) => ({ value: name.id, label: modelName(name, names) }))]}
              onChange={(id) => set(id || undefined)}
            />
            {model && <Chips chips={[{ key: 'model', label: modelName(model, names), onRemove: () => set(undefined) }]} onClear={() => set(undefined)} />}
          </div>
          <Count shown={rows?.length} total={total} of="failed probes" />
        </div>
        <Table label="Failed probes" columns={columnsOf(names)} rows={rows} rowId={({ id }) => id} empty={<Empty title="None of this model failed" />} />
      </Section>
    </div>
  )
}

function Group({ group, run, name }: { group: FailureGroup; run: TabProps['run']; name: string }) {
  const retry = useCommand(RetryFailedProbesDocument, { invalidates: [['run', run.id], ['runs']] })
  return (
    <li>
      <Notice
        tone="failed"
        title={`${counted(group.count, 'probe')} of ${name}: ${group.category.replaceAll('_', ' ')}`}
        actions={
          <Button
            size="small"
            onPress={() => retry.run({ runId: run.id, categories: [group.category] })}
            isPending={retry.isPending}
            disabledReason={run.retryFailedProbesBlockedBecause}
            hint={`Also those of other models that failed by ${group.category.replaceAll('_', ' ')}`}
          >
            Retry these
          </Button>
        }
      >
        <p className="whitespace-pre-wrap text-sm text-quiet [overflow-wrap:anywhere]">{group.example}</p>
        {retry.error && <ErrorNote error={retry.error} />}
      </Notice>
    </li>
  )
}

const columnsOf = (names: ProbeRowFragment['runModel'][]): Column<ProbeRowFragment>[] => [
  { id: 'probe', header: 'Probe', align: 'right', width: '5rem', cell: ({ seq }) => whole(seq + 1) },
  { id: 'scenario', header: 'Scenario', width: '28%', cell: ({ scenario }) => <span className="line-clamp-1">{readable(scenario.key)}</span> },
  {
    id: 'model',
    header: 'Model',
    width: '12rem',
    hideBelow: 'sm',
    cell: ({ runModel }) => (
      <span className="flex items-center gap-2">
        <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: modelHue(runModel) }} />
        {modelName(runModel, names)}
      </span>
    ),
  },
  { id: 'category', header: 'Why', width: '9rem', cell: ({ errorCategory }) => (errorCategory ?? '–').replaceAll('_', ' ') },
  {
    id: 'message',
    header: 'In the words of the provider',
    hideBelow: 'md',
    cell: ({ errorMessage }) => (
      <span className="line-clamp-1 text-quiet" title={errorMessage ?? undefined}>
        {errorMessage ?? '–'}
      </span>
    ),
  },
  { id: 'tries', header: 'Tries', align: 'right', width: '4rem', hideBelow: 'sm', cell: ({ attemptCount }) => whole(attemptCount) },
  { id: 'at', header: 'Failed', align: 'right', width: '7rem', hideBelow: 'sm', cell: ({ finishedAt }) => <Time at={finishedAt} /> },
]
