import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { RunDiagnosesDocument, RunProbesDocument, type ProbeRowFragment } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Empty } from '@/ui/Notice'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Chips, Count } from '@/ui/table/Chips'
import { Table, type Column } from '@/ui/table/Table'
import { Time } from '@/ui/Time'
import { counted, whole } from '@/words/format'
import { modelHue, modelName } from '@/words/model'

import type { TabProps } from '../RunPage'
import { DiagnosisCard } from './DiagnosisCard'
import { FailedProbe } from './FailedProbe'
import { probeName, readProbeName } from './probeName'
import { readable } from '@/words/scenario'

const PAGE = 200

/** Why probes failed, by cause, and each of them. */
export function FailuresTab({ run, search }: TabProps) {
  const navigate = useNavigate()
  const { failed } = run.progress.ledger
  const diagnoses = useQuery({
    queryKey: ['run', run.id, 'diagnoses', failed],
    queryFn: ({ signal }) => execute(RunDiagnosesDocument, { id: run.id }, signal),
    placeholderData: keepPreviousData,
    enabled: failed > 0,
  })
  const probes = useInfiniteQuery({
    queryKey: ['run', run.id, 'failures', search.model ?? null, failed],
    queryFn: ({ pageParam, signal }) =>
      execute(RunProbesDocument, { runId: run.id, status: 'FAILED', runModelId: search.model ?? null, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ probes: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
    enabled: failed > 0,
  })
  const names = run.progress.models.map(({ runModel }) => runModel)
  if (failed === 0) return <Empty title="No probe failed">What was refused or could not be read is no failure: the results count it.</Empty>
  const rows = probes.data?.pages.flatMap((page) => page.probes.nodes)
  const total = probes.data?.pages[0]?.probes.totalCount
  const model = names.find(({ id }) => id === search.model)
  const opened = readProbeName(search.probe)
  const causes = diagnoses.data?.run.diagnoses
  const set = (id: string | undefined) =>
    void navigate({
      to: '/runs/$runId',
      params: { runId: run.id },
      search: { tab: 'failures', ...(id && { model: id }) },
      replace: true,
      resetScroll: false,
    })
  return (
    <div className="flex flex-col gap-6">
      <Section title="Why" {...(causes && { note: counted(causes.length, 'cause') })}>
        {diagnoses.error && <ErrorNote error={diagnoses.error} onRetry={diagnoses.refetch} />}
        {!causes && !diagnoses.error && <Skeleton lines={5} />}
        <ul aria-label="Causes" className="flex flex-col gap-3">
          {causes?.map((diagnosis) => (
            <DiagnosisCard key={`${diagnosis.category} ${diagnosis.cause}`} run={run} diagnosis={diagnosis} model={search.model} />
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
          <Count shown={total} total={search.model ? failed : total} of="failed probes" />
        </div>
        {probes.error && !rows ? (
          <ErrorNote error={probes.error} onRetry={probes.refetch} />
        ) : (
          <Table
            label="Failed probes"
            columns={columnsOf(run.id, search.model, names)}
            rows={rows}
            rowId={({ id }) => id}
            onOpen={(probe) =>
              void navigate({
                to: '/runs/$runId',
                params: { runId: run.id },
                search: { ...search, tab: 'failures', probe: probeName(probe) },
                resetScroll: false,
              })
            }
            onEndReached={() => {
              if (probes.hasNextPage && !probes.isFetchingNextPage) void probes.fetchNextPage()
            }}
            empty={<Empty title="None of this model failed" />}
          />
        )}
      </Section>
      {opened && <FailedProbe runId={run.id} name={opened} onClose={() => set(search.model)} />}
    </div>
  )
}

const columnsOf = (runId: string, model: string | undefined, names: ProbeRowFragment['runModel'][]): Column<ProbeRowFragment>[] => [
  { id: 'probe', header: 'Probe', align: 'right', width: '5rem', cell: ({ seq }) => whole(seq + 1) },
  {
    id: 'scenario',
    header: 'Scenario',
    width: '28%',
    cell: (probe) => (
      <Link
        to="/runs/$runId"
        params={{ runId }}
        search={{ tab: 'failures', model, probe: probeName(probe) }}
        resetScroll={false}
        className="line-clamp-1 [overflow-wrap:anywhere] hover:underline"
      >
        {readable(probe.scenario.key)}
      </Link>
    ),
  },
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
