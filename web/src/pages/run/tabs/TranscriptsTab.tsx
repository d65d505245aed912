import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { RunTranscriptsDocument, type ProbeOutcome, type TranscriptRowFragment } from '@/api/generated/graphql'
import { writeSearch } from '@/frame/searchParams'
import { Button } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Money } from '@/ui/Money'
import { Empty } from '@/ui/Notice'
import { Look } from '@/ui/StatusWord'
import { Chips, Count, type Chip } from '@/ui/table/Chips'
import { ColumnChooser, hiddenOf } from '@/ui/table/ColumnChooser'
import { Table, type Column } from '@/ui/table/Table'
import { span, whole } from '@/words/format'
import { modelHue, modelName } from '@/words/model'
import { OUTCOME } from '@/words/status'

import type { TabProps } from '../RunPage'
import type { RunSearch } from '../search'
import { readable } from '@/words/scenario'

const PAGE = 200

/** What the models said, row by row. New ones are offered, not pushed in: nobody loses their place. */
export function TranscriptsTab({ run, search }: TabProps) {
  const navigate = useNavigate()
  const filter = {
    runModelId: search.model ?? null,
    scenarioId: search.scenario ?? null,
    outcome: search.outcome ?? null,
    decision: search.decision ?? null,
  }
  const isFiltered = Object.values(filter).some((value) => value !== null)
  const transcripts = useInfiniteQuery({
    queryKey: ['run', run.id, 'transcripts', filter],
    queryFn: ({ pageParam, signal }) =>
      execute(RunTranscriptsDocument, { runId: run.id, ...filter, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ transcripts: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
  })
  const names = run.progress.models.map(({ runModel }) => runModel)
  const rows = transcripts.data?.pages.flatMap((page) => page.transcripts.nodes)
  const total = transcripts.data?.pages.at(-1)?.transcripts.totalCount
  const fresh = isFiltered || total === undefined ? 0 : run.progress.ledger.succeeded - total
  const set = (change: Partial<RunSearch>) =>
    void navigate({
      to: '/runs/$runId',
      params: { runId: run.id },
      search: { ...search, tab: 'transcripts', ...change },
      replace: true,
      resetScroll: false,
    })
  const columns = columnsOf(names)
  const model = names.find(({ id }) => id === search.model)
  const scenario = search.scenario ? rows?.find((row) => row.scenario.id === search.scenario)?.scenario.key : undefined
  const chips: Chip[] = [
    ...(search.model ? [{ key: 'model', label: model ? modelName(model, names) : search.model, onRemove: () => set({ model: undefined }) }] : []),
    ...(search.outcome ? [{ key: 'outcome', label: OUTCOME[search.outcome].word, onRemove: () => set({ outcome: undefined }) }] : []),
    ...(search.decision
      ? [{ key: 'decision', label: `Decision: ${search.decision}`, onRemove: () => set({ decision: undefined }) }]
      : []),
    ...(search.scenario
      ? [{ key: 'scenario', label: scenario ?? 'One scenario', onRemove: () => set({ scenario: undefined }) }]
      : []),
  ]
  const outcomes = Object.keys(OUTCOME) as ProbeOutcome[]
  return (
    <div className="flex flex-col gap-3">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <div className="flex flex-wrap items-center gap-2">
          <Select
            label="Model"
            isLabelHidden
            value={search.model ?? ''}
            options={[{ value: '', label: 'All models' }, ...names.map((name) => ({ value: name.id, label: modelName(name, names) }))]}
            onChange={(value) => set({ model: value || undefined })}
          />
          <Select
            label="Outcome"
            isLabelHidden
            value={search.outcome ?? ''}
            options={[{ value: '', label: 'Any outcome' }, ...outcomes.map((value) => ({ value, label: OUTCOME[value].word }))]}
            onChange={(value) => set({ outcome: value || undefined })}
          />
          <Chips chips={chips} onClear={() => set({ model: undefined, outcome: undefined, decision: undefined, scenario: undefined })} />
        </div>
        <div className="flex items-center gap-3">
          {fresh > 0 && (
            <Button size="small" onPress={() => void transcripts.refetch()} isPending={transcripts.isRefetching}>
              Show {whole(fresh)} new
            </Button>
          )}
          <Count shown={total} total={isFiltered ? Math.max(run.progress.ledger.succeeded, total ?? 0) : total} of="transcripts" />
          <ColumnChooser columns={columns} hide={search.hide} onChange={(hide) => set({ hide })} />
        </div>
      </div>
      {transcripts.error && !rows ? (
        <ErrorNote error={transcripts.error} onRetry={transcripts.refetch} />
      ) : (
        <Table
          label="Transcripts"
          columns={columns}
          hidden={hiddenOf(search.hide)}
          rows={rows}
          rowId={({ id }) => id}
          hrefOf={({ id }) => hrefOf(id, search)}
          onEndReached={() => {
            if (transcripts.hasNextPage && !transcripts.isFetchingNextPage) void transcripts.fetchNextPage()
          }}
          empty={
            <Empty title={isFiltered ? 'No transcript fits these filters' : 'No transcript yet'}>
              {isFiltered ? 'Remove one of them.' : run.isFinished ? 'No probe of this run was answered.' : 'They appear as answers come in.'}
            </Empty>
          }
        />
      )}
    </div>
  )
}

/** A transcript's page among those that the list shows. */
const hrefOf = (id: string, { model, outcome, decision, scenario }: RunSearch) =>
  `/transcripts/${id}${writeSearch({ model, outcome, decision, scenario })}`

type Names = TranscriptRowFragment['runModel'][]

const columnsOf = (names: Names): Column<TranscriptRowFragment>[] => [
  {
    id: 'scenario',
    header: 'Scenario',
    cell: ({ id, scenario, probe }) => (
      <span className="flex min-w-40 items-baseline gap-2">
        <Link to="/transcripts/$transcriptId" params={{ transcriptId: id }} className="line-clamp-1 hover:underline [overflow-wrap:anywhere]">
          {readable(scenario.key)}
        </Link>
        {probe.sampleIndex > 0 && <span className="whitespace-nowrap text-quiet">sample {probe.sampleIndex + 1}</span>}
      </span>
    ),
  },
  {
    id: 'model',
    header: 'Model',
    width: '14rem',
    cell: ({ runModel }) => (
      <span className="flex items-center gap-2">
        <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: modelHue(runModel) }} />
        <span className="line-clamp-1">{modelName(runModel, names)}</span>
      </span>
    ),
  },
  {
    id: 'outcome',
    header: 'Outcome',
    width: '9rem',
    hideBelow: 'sm',
    cell: ({ outcome }) => (outcome ? <Look look={OUTCOME[outcome]} /> : <Look look={{ word: 'Broken off', shape: '✕', tone: 'failed' }} />),
  },
  {
    id: 'decision',
    header: 'Decision',
    align: 'right',
    width: '7rem',
    cell: ({ decision }) => (decision?.value == null ? <span className="text-quiet">–</span> : <b className="font-semibold">{decision.value}</b>),
  },
  { id: 'words', header: 'Words', align: 'right', width: '5rem', hideBelow: 'md', cell: ({ wordCount }) => whole(wordCount) },
  { id: 'latency', header: 'Latency', align: 'right', width: '6rem', hideBelow: 'md', cell: ({ latencyMs }) => span(latencyMs) },
  { id: 'cost', header: 'Cost', align: 'right', width: '6rem', hideBelow: 'md', cell: ({ costUsd }) => <Money usd={costUsd} /> },
]
