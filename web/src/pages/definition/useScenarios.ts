import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useMemo } from 'react'

import { execute } from '@/api/execute'
import { VersionScenariosDocument, type ScenarioRowFragment } from '@/api/generated/graphql'

/** Rows that are asked for at once: as many as the server gives. */
const PAGE = 500

/** A filter reads at most this many scenarios; whoever needs more takes the CSV. */
export const READ_MAX = 20_000

/** A scenario, and the cursor behind which it comes first; null: it is the first of all. */
export type ScenarioLine = ScenarioRowFragment & { after: string | null }

/** The scenarios of a version, page by page; all of them where `isAllWanted`, up to READ_MAX. */
export function useScenarios(versionId: string | undefined, isAllWanted: boolean) {
  const query = useInfiniteQuery({
    queryKey: ['scenarios', versionId],
    queryFn: ({ pageParam, signal }) => execute(VersionScenariosDocument, { id: versionId ?? '', first: PAGE, after: pageParam }, signal),
    enabled: versionId !== undefined,
    initialPageParam: null as string | null,
    getNextPageParam: ({ definitionVersion: { scenarios } }) =>
      scenarios.pageInfo.hasNextPage ? scenarios.pageInfo.endCursor : null,
    // A version never changes.
    staleTime: Infinity,
  })
  const lines = useMemo(() => {
    if (!query.data) return undefined
    const edges = query.data.pages.flatMap((page) => page.definitionVersion.scenarios.edges)
    return edges.map(({ node }, index): ScenarioLine => ({ ...node, after: edges[index - 1]?.cursor ?? null }))
  }, [query.data])
  const { hasNextPage, isFetchingNextPage, fetchNextPage, error } = query
  const readCount = lines?.length ?? 0
  const isReadingOn = isAllWanted && hasNextPage && readCount < READ_MAX
  useEffect(() => {
    if (isReadingOn && !isFetchingNextPage && !error) void fetchNextPage()
  }, [isReadingOn, isFetchingNextPage, error, fetchNextPage])
  return {
    lines,
    total: query.data?.pages[0]?.definitionVersion.scenarios.totalCount,
    isReadingOn,
    /** There are more than a filter reads. */
    isCut: isAllWanted && hasNextPage && readCount >= READ_MAX,
    error,
    refetch: query.refetch,
    more: () => {
      if (hasNextPage && !isFetchingNextPage) void fetchNextPage()
    },
  }
}
