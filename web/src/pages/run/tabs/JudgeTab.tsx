import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { RunJudgeCallsDocument, type AiCallStatus, type JudgeCallFragment } from '@/api/generated/graphql'
import { ErrorNote } from '@/ui/ErrorNote'
import { Fact, Select } from '@/ui/Field'
import { Money } from '@/ui/Money'
import { Empty, Notice } from '@/ui/Notice'
import { Section } from '@/ui/Page'
import { Look } from '@/ui/StatusWord'
import { Count } from '@/ui/table/Chips'
import { Table, type Column } from '@/ui/table/Table'
import { Time } from '@/ui/Time'
import { counted, span, usd, whole } from '@/words/format'
import { fullModelName, modelHue, modelName } from '@/words/model'
import { CALL_STATUS } from '@/words/status'

import type { TabProps } from '../RunPage'
import { readable } from '@/words/scenario'

const PAGE = 200
const STATUSES = Object.keys(CALL_STATUS) as AiCallStatus[]

/** What the judge was asked, what it answered, and what that cost. */
export function JudgeTab({ run, search }: TabProps) {
  const navigate = useNavigate()
  const { judge } = run
  const status = search.calls ?? null
  const calls = useInfiniteQuery({
    queryKey: ['run', run.id, 'judge', status, judge?.callCount, judge?.pendingCount],
    queryFn: ({ pageParam, signal }) => execute(RunJudgeCallsDocument, { runId: run.id, status, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ aiCalls: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
    enabled: judge !== null,
  })
  if (!judge) return <Empty title="This run has no judge">What the deterministic reader cannot read stays unreadable. A judge is chosen when a run is started.</Empty>
  const names = run.progress.models.map(({ runModel }) => runModel)
  const rows = calls.data?.pages.flatMap((page) => page.aiCalls.nodes)
  const total = calls.data?.pages[0]?.aiCalls.totalCount
  return (
    <div className="flex flex-col gap-5">
      {judge.stoppedAt && (
        <Notice tone="warning" title="The judge stopped before everything was read.">
          {judge.stopMessage}
        </Notice>
      )}
      <dl className="figures grid grid-cols-2 gap-x-6 gap-y-3 rounded-md border bg-surface p-4 sm:grid-cols-4">
        <Fact name="Judge">{fullModelName(judge)}</Fact>
        <Fact name="To be read">{whole(judge.pendingCount)}</Fact>
        <Fact name="On the review list">
          {judge.openReviewCount > 0 ? (
            <Link to="/runs/$runId/reviews" params={{ runId: run.id }} className="link">
              {whole(judge.openReviewCount)}
            </Link>
          ) : (
            '0'
          )}
        </Fact>
        <Fact name="Cost">
          {usd(judge.costUsd)}
          {judge.presumedCostUsd > 0 && <span className="text-quiet"> and at most {usd(judge.presumedCostUsd)} unheard of</span>}
        </Fact>
        <Fact name="Calls">
          {whole(judge.callCount)}
          {judge.maxCalls !== null && <span className="text-quiet"> of at most {whole(judge.maxCalls)}</span>}
        </Fact>
        <Fact name="Asked for">
          <Time at={judge.createdAt} /> by {judge.requestedBy.name}
        </Fact>
        <Fact name="Judged how often">{counted(judge.attempt, 'time')}</Fact>
        <Fact name="Prompt version">{judge.promptVersion}</Fact>
      </dl>
      <Section title="Calls">
        <div className="flex flex-wrap items-center justify-between gap-2">
          <Select
            label="Status of the call"
            isLabelHidden
            value={search.calls ?? ''}
            options={[{ value: '', label: 'Any status' }, ...STATUSES.map((value) => ({ value, label: CALL_STATUS[value].word }))]}
            onChange={(value) =>
              void navigate({
                to: '/runs/$runId',
                params: { runId: run.id },
                search: { tab: 'judge', ...(value && { calls: value }) },
                replace: true,
                resetScroll: false,
              })
            }
          />
          <Count shown={total} total={status ? judge.callCount : total} of="calls" />
        </div>
        {calls.error && !rows ? (
          <ErrorNote error={calls.error} onRetry={calls.refetch} />
        ) : (
          <Table
            label="Calls of the judge"
            columns={columnsOf(names)}
            rows={rows}
            rowId={({ id }) => id}
            hrefOf={({ transcript }) => (transcript ? `/transcripts/${transcript.id}` : `/runs/${run.id}?tab=judge`)}
            onEndReached={() => {
              if (calls.hasNextPage && !calls.isFetchingNextPage) void calls.fetchNextPage()
            }}
            empty={<Empty title={status ? 'No call of this status' : 'Nothing was asked yet'}>{!status && 'Answers that the reader cannot read are put to the judge as they come in.'}</Empty>}
          />
        )}
      </Section>
    </div>
  )
}

const columnsOf = (names: { id: string; providerId: string; modelId: string; modelVersion: string | null }[]): Column<JudgeCallFragment>[] => [
  {
    id: 'scenario',
    header: 'About',
    cell: ({ transcript }) =>
      transcript ? (
        <Link to="/transcripts/$transcriptId" params={{ transcriptId: transcript.id }} className="line-clamp-1 min-w-32 [overflow-wrap:anywhere] hover:underline">
          {readable(transcript.scenario.key)}
        </Link>
      ) : (
        '–'
      ),
  },
  {
    id: 'model',
    header: 'Answer of',
    width: '12rem',
    hideBelow: 'sm',
    cell: ({ transcript }) =>
      transcript && (
        <span className="flex items-center gap-2">
          <span aria-hidden className="size-2.5 shrink-0 rounded-sm" style={{ background: modelHue(transcript.runModel) }} />
          <span className="line-clamp-1">{modelName(transcript.runModel, names)}</span>
        </span>
      ),
  },
  {
    id: 'status',
    header: 'Status',
    width: '10rem',
    cell: ({ status, step }) => <Look look={CALL_STATUS[status]} note={step === 'REPAIR' ? 'repair' : undefined} />,
  },
  {
    id: 'said',
    header: 'What it said, or why not',
    hideBelow: 'md',
    cell: ({ answer, failureMessage }) => (
      <span className="line-clamp-1 text-quiet [overflow-wrap:anywhere]" title={failureMessage ?? answer ?? undefined}>
        {failureMessage ?? answer ?? '–'}
      </span>
    ),
  },
  { id: 'decision', header: 'Decision', align: 'right', width: '6rem', cell: ({ transcript }) => transcript?.decision?.value ?? <span className="text-quiet">–</span> },
  { id: 'latency', header: 'Latency', align: 'right', width: '6rem', hideBelow: 'md', cell: ({ latencyMs }) => (latencyMs === null ? '–' : span(latencyMs)) },
  { id: 'cost', header: 'Cost', align: 'right', width: '6rem', hideBelow: 'sm', cell: ({ costUsd }) => <Money usd={costUsd} /> },
]
