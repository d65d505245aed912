import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import { useCallback, useMemo, useState } from 'react'

import { execute } from '@/api/execute'
import { DefinitionCountDocument, DefinitionsDocument } from '@/api/generated/graphql'
import { useCrumbs } from '@/frame/crumbs'
import { useWriteBlocked } from '@/frame/useWriteBlocked'
import { Button, buttonClass } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { SearchField, Select } from '@/ui/Field'
import { Empty } from '@/ui/Notice'
import { Page } from '@/ui/Page'
import { Chips, Count, type Chip } from '@/ui/table/Chips'
import { ColumnChooser, hiddenOf } from '@/ui/table/ColumnChooser'
import { Table } from '@/ui/table/Table'

import { definitionColumns } from './definitionColumns'
import { DropZone, ImportButton } from './DropZone'
import { ImportDialog } from './ImportDialog'
import type { DefinitionsSearch } from './search'
import { treeOf } from './tree'

const route = getRouteApi('/definitions')

/** Rows that are asked for at once: a tree is whole only where its rows are there. */
const PAGE = 200

/** All definitions, last changed first, forks under what they were forked from. */
export function DefinitionsPage() {
  useCrumbs({ word: 'Definitions' })
  const search = route.useSearch()
  const navigate = useNavigate({ from: '/definitions' })
  const blocked = useWriteBlocked()
  const [file, setFile] = useState<File | null>(null)
  const set = useCallback(
    (change: DefinitionsSearch) => void navigate({ to: '/definitions', search: (before) => ({ ...before, ...change }), replace: true }),
    [navigate],
  )
  const setText = useCallback((text: string) => set({ text: text || undefined }), [set])
  const filter = { text: search.text ?? null, tag: search.tag ?? null }
  const definitions = useInfiniteQuery({
    queryKey: ['definitions', filter],
    queryFn: ({ pageParam, signal }) => execute(DefinitionsDocument, { ...filter, first: PAGE, after: pageParam }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: ({ definitions: { pageInfo } }) => (pageInfo.hasNextPage ? pageInfo.endCursor : null),
    placeholderData: keepPreviousData,
  })
  const all = useQuery({ queryKey: ['definitions', 'count'], queryFn: ({ signal }) => execute(DefinitionCountDocument, {}, signal) })
  const nodes = useMemo(() => definitions.data?.pages.flatMap((page) => page.definitions.nodes), [definitions.data])
  const rows = useMemo(() => nodes && treeOf(nodes), [nodes])
  const columns = useMemo(() => definitionColumns((tag) => set({ tag })), [set])
  const total = definitions.data?.pages[0]?.definitions.totalCount
  const isFiltered = search.text !== undefined || search.tag !== undefined
  const tags = useMemo(() => [...new Set(nodes?.flatMap((node) => node.tags))].sort((a, b) => a.localeCompare(b)), [nodes])
  const chips: Chip[] = [
    ...(search.tag ? [{ key: 'tag', label: `Tag: ${search.tag}`, onRemove: () => set({ tag: undefined }) }] : []),
    ...(search.text ? [{ key: 'text', label: `“${search.text}”`, onRemove: () => set({ text: undefined }) }] : []),
  ]
  return (
    <DropZone onFile={setFile} blocked={blocked}>
      <Page
        title="Definitions"
        isWide
        actions={
          <>
            <ImportButton onFile={setFile} blocked={blocked} />
            {blocked ? (
              <Button kind="primary" disabledReason={blocked}>
                New definition
              </Button>
            ) : (
              <Link to="/definitions/new" className={buttonClass('primary')}>
                New definition
              </Link>
            )}
          </>
        }
      >
        <div className="flex flex-wrap items-center justify-between gap-3">
          <div className="flex min-w-0 flex-wrap items-center gap-2">
            <SearchField label="Find by name, description or tag" value={search.text ?? ''} onChange={setText} />
            {(tags.length > 0 || search.tag) && (
              <Select
                label="Tag"
                isLabelHidden
                value={search.tag ?? ''}
                options={[
                  { value: '', label: 'Any tag' },
                  ...[...new Set([...tags, ...(search.tag ? [search.tag] : [])])].map((tag) => ({ value: tag, label: tag })),
                ]}
                onChange={(tag) => set({ tag: tag || undefined })}
              />
            )}
            <Chips chips={chips} onClear={() => void navigate({ to: '/definitions', search: { hide: search.hide }, replace: true })} />
          </div>
          <div className="ml-auto flex items-center gap-3">
            <Count shown={total} total={isFiltered ? all.data?.definitions.totalCount : total} of="definitions" />
            <ColumnChooser columns={columns} hide={search.hide} onChange={(hide) => set({ hide })} />
          </div>
        </div>
        {definitions.error && !rows ? (
          <ErrorNote error={definitions.error} onRetry={definitions.refetch} />
        ) : (
          <Table
            label="Definitions"
            columns={columns}
            hidden={hiddenOf(search.hide)}
            rows={rows}
            rowId={({ node }) => node.id}
            hrefOf={({ node }) => `/definitions/${node.id}`}
            empty={<NoDefinitions isFiltered={isFiltered} />}
            onEndReached={() => {
              if (definitions.hasNextPage && !definitions.isFetchingNextPage) void definitions.fetchNextPage()
            }}
          />
        )}
        {definitions.hasNextPage && (
          <div>
            <Button onPress={() => void definitions.fetchNextPage()} isPending={definitions.isFetchingNextPage}>
              Show more
            </Button>
          </div>
        )}
        {file && <ImportDialog file={file} onClose={() => setFile(null)} />}
      </Page>
    </DropZone>
  )
}

function NoDefinitions({ isFiltered }: { isFiltered: boolean }) {
  if (isFiltered) {
    return (
      <Empty title="No definition fits these filters">
        <Link to="/definitions" className="link">
          Show all definitions
        </Link>
      </Empty>
    )
  }
  return (
    <Empty title="No definition yet">
      A definition says what models are asked and how their decision is read.{' '}
      <Link to="/definitions/new" className="link">
        Write one
      </Link>
      , or drop a file here: YAML, JSON, Markdown, or a data set as CSV or JSON lines.
    </Empty>
  )
}
