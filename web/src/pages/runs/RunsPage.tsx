import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { useState } from 'react'

import { execute } from '@/api/execute'
import { RunCountDocument, RunsDocument } from '@/api/generated/graphql'
import { useCrumbs } from '@/frame/crumbs'
import { CompareButton } from '@/pages/compare/CompareButton'
import { StartLink } from '@/pages/newrun/StartLink'
import { ErrorNote } from '@/ui/ErrorNote'
import { Page } from '@/ui/Page'
import { Count } from '@/ui/table/Chips'
import { ColumnChooser, hiddenOf } from '@/ui/table/ColumnChooser'
import { SelectionBar } from '@/ui/table/SelectionBar'
import { Table } from '@/ui/table/Table'

import { filterOf } from './filter'
import { NoRuns } from './NoRuns'
import { RunFilters } from './RunFilters'
import { RUN_COLUMNS } from './runColumns'

const route = getRouteApi('/runs')

/** Rows that are asked for at once. */
const PAGE = 100

/** All runs, newest first. */
export function RunsPage() {
  useCrumbs({ word: 'Runs' })
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/runs' })
  const filter = filterOf(search)
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const runs = useInfiniteQuery({
    queryKey: ['runs', filter],
    queryFn: ({ pageParam, signal }) => execute(RunsDocument, { filter, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ runs: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
    // As soon as the most hurried of the runs shown; new ones come to light every ten seconds.
    refetchInterval: ({ state }) => {
      if (document.hidden) return 30_000
      const waits = state.data?.pages.flatMap((page) => page.runs.nodes.map((run) => run.progress.pollAfterMs ?? 10_000)) ?? []
      return Math.max(2_000, Math.min(10_000, ...waits))
    },
  })
  const all = useQuery({ queryKey: ['runs', 'count'], queryFn: ({ signal }) => execute(RunCountDocument, {}, signal) })
  const rows = runs.data?.pages.flatMap((page) => page.runs.nodes)
  const total = runs.data?.pages[0]?.runs.totalCount
  const picked = rows?.filter(({ id }) => chosen.has(id)) ?? []
  const isFiltered = Object.keys(filter).length > 0
  return (
    <Page title="Runs" isWide actions={<StartLink />}>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <RunFilters search={search} />
        <div className="ml-auto flex items-center gap-3">
          <Count shown={total} total={isFiltered ? all.data?.runs.totalCount : total} of="runs" />
          <ColumnChooser
            columns={RUN_COLUMNS}
            hide={search.hide}
            onChange={(hide) => void navigate({ search: (before) => ({ ...before, hide }), replace: true, resetScroll: false })}
          />
        </div>
      </div>
      {runs.error && !rows ? (
        <ErrorNote error={runs.error} onRetry={runs.refetch} />
      ) : (
        <Table
          label="Runs"
          columns={RUN_COLUMNS}
          hidden={hiddenOf(search.hide)}
          rows={rows}
          rowId={(run) => run.id}
          hrefOf={(run) => `/runs/${run.id}`}
          selected={chosen}
          onSelect={setChosen}
          empty={<NoRuns isFiltered={isFiltered} />}
          onEndReached={() => {
            if (runs.hasNextPage && !runs.isFetchingNextPage) void runs.fetchNextPage()
          }}
        />
      )}
      <SelectionBar count={picked.length} of="run" onClear={() => setChosen(new Set())}>
        <CompareButton runs={picked} kind="primary" />
      </SelectionBar>
    </Page>
  )
}
