import { useQuery } from '@tanstack/react-query'
import { Link, useRouter } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { RunComparisonsDocument, type RunHeadFragment } from '@/api/generated/graphql'
import { writeSearch } from '@/frame/searchParams'
import { PairsFigure } from '@/pages/compare/PairsFigure'
import { ErrorNote } from '@/ui/ErrorNote'
import { Section } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'

/** All pairs of the run's models, each leading to its scenarios. */
export function Pairs({ run }: { run: RunHeadFragment }) {
  const router = useRouter()
  const query = useQuery({
    queryKey: ['run', run.id, 'comparisons', run.isFinished],
    queryFn: ({ signal }) => execute(RunComparisonsDocument, { id: run.id }, signal),
    enabled: run.progress.models.length > 1,
    staleTime: 30_000,
  })
  if (run.progress.models.length < 2) return null
  const both = { baseline: run.id, candidate: run.id }
  const found = query.data?.run.comparisons
  return (
    <Section
      title="Models beside each other"
      actions={
        <Link to="/compare" search={both} className="link text-sm">
          Open in Compare
        </Link>
      }
    >
      {query.error && !found ? (
        <ErrorNote error={query.error} onRetry={query.refetch} />
      ) : !found ? (
        <Skeleton lines={5} />
      ) : found.comparison ? (
        <PairsFigure
          comparison={found.comparison}
          name={`run_${run.shortId}_comparisons`}
          hrefOf={({ baseline, candidate }) => `/compare${writeSearch({ ...both, pair: `${baseline.id}.${candidate.id}` })}`}
          onOpen={(href) => router.history.push(href)}
        />
      ) : (
        <p className="text-quiet">{found.absentBecause}</p>
      )}
    </Section>
  )
}
