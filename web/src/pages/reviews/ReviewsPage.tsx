import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { ReviewListDocument, ReviewRunDocument } from '@/api/generated/graphql'
import { useCrumbs } from '@/frame/crumbs'
import { useKeys } from '@/frame/useKeys'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Empty } from '@/ui/Notice'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Count } from '@/ui/table/Chips'
import { Table } from '@/ui/table/Table'
import { fullModelName } from '@/words/model'

import { GateActions } from './GateActions'
import { reviewColumns } from './reviewColumns'
import { ReviewPanel } from './ReviewPanel'

const route = getRouteApi('/runs/$runId/reviews')
const PAGE = 200

/** What a judge could not read, line by line, to be decided by a person. The run goes on meanwhile. */
export function ReviewsPage() {
  const { runId } = route.useParams()
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/runs/$runId/reviews' })
  const about = useQuery({
    queryKey: ['reviews', runId, 'run'],
    queryFn: ({ signal }) => execute(ReviewRunDocument, { id: runId }, signal),
  })
  const withDecided = search.decided === 'yes'
  const reviews = useInfiniteQuery({
    queryKey: ['reviews', runId, 'list', withDecided],
    queryFn: ({ pageParam, signal }) => execute(ReviewListDocument, { runId, withDecided, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ reviewList: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
  })
  const run = about.data?.run
  const name = run ? `${run.definition?.name ?? 'Run'} · ${run.shortId}` : 'Run'
  useCrumbs({ word: 'Runs', to: '/runs' }, { word: name, to: `/runs/${runId}` }, { word: 'Review list' })
  const rows = reviews.data?.pages.flatMap((page) => page.reviewList.nodes)
  const total = reviews.data?.pages[0]?.reviewList.totalCount
  const at = Math.max(0, rows?.findIndex(({ id, state }) => (search.review ? id === search.review : state === 'OPEN')) ?? 0)
  const open = rows?.[at]
  const go = (id: string | undefined) => {
    if (id) void navigate({ search: (before) => ({ ...before, review: id }), replace: true, resetScroll: false })
  }
  useKeys({ j: () => go(rows?.[at + 1]?.id), k: () => go(rows?.[at - 1]?.id) })
  const gate = run?.gates.find(({ kind, state }) => kind === 'JUDGE' && state === 'OPEN')
  const error = about.error ?? reviews.error
  return (
    <Page
      title="Review list"
      isWide
      note={run?.judge && <span title={fullModelName(run.judge)}>what {run.judge.modelId} could not read; the run is not held up</span>}
      actions={gate && <GateActions gate={gate} runId={runId} open={run?.judge?.openReviewCount ?? 0} />}
    >
      {error && <ErrorNote error={error} onRetry={() => Promise.all([about.refetch(), reviews.refetch()])} />}
      <div className="flex flex-wrap items-center justify-between gap-3">
        <Select
          label="Lines"
          isLabelHidden
          value={search.decided ?? ''}
          options={[
            { value: '', label: 'Open' },
            { value: 'yes', label: 'Open and decided' },
          ]}
          onChange={(value) => void navigate({ search: { ...(value && { decided: value }) }, replace: true })}
        />
        <Count shown={rows?.length} total={total} of={withDecided ? 'lines' : 'open'} />
      </div>
      {!run ? (
        !error && <Skeleton lines={8} />
      ) : rows?.length === 0 ? (
        <Empty title={withDecided ? 'Nothing was ever on this list' : 'Nothing is left to review'}>
          <Link to="/runs/$runId" params={{ runId }} className="link">
            Back to the run
          </Link>
        </Empty>
      ) : (
        <div className="grid items-start gap-4 md:grid-cols-[minmax(0,1fr)_minmax(0,1.2fr)]">
          <Table
            label="Review list"
            columns={reviewColumns(run.models, runId)}
            hidden={withDecided ? [] : ['state']}
            rows={rows}
            rowId={({ id }) => id}
            currentId={open?.id}
            onOpen={({ id }) => go(id)}
            onEndReached={() => {
              if (reviews.hasNextPage && !reviews.isFetchingNextPage) void reviews.fetchNextPage()
            }}
            maxHeight="calc(100dvh - 12rem)"
            empty={null}
          />
          {open && (
            <ReviewPanel
              // What was chosen for one line is nothing to the next.
              key={open.id}
              review={open}
              runId={runId}
              spec={run.definitionVersion?.content.decision}
              blocked={open.state === 'OPEN' ? (gate?.approveBlockedBecause ?? null) : 'This line was decided; correct the decision on the page of the transcript.'}
              onDecided={() => go(rows.slice(at + 1).find(({ state }) => state === 'OPEN')?.id)}
            />
          )}
        </div>
      )}
    </Page>
  )
}
