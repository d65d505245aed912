import { getRouteApi } from '@tanstack/react-router'

import { RunPageDocument } from '@/api/generated/graphql'
import { usePolled } from '@/api/usePolled'
import { useCrumbs } from '@/frame/crumbs'
import { ErrorNote } from '@/ui/ErrorNote'
import { LedgerLine } from '@/ui/LedgerLine'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Stale } from '@/ui/Stale'
import { StatusWord } from '@/ui/StatusWord'

const route = getRouteApi('/runs/$runId')

/** One run, from its status to its transcripts. */
export function RunPage() {
  const { runId } = route.useParams()
  const query = usePolled({
    queryKey: ['run', runId],
    document: RunPageDocument,
    variables: { id: runId },
    pollAfterMs: ({ run }) => run.progress.pollAfterMs,
  })
  const run = query.data?.run
  const name = run ? (run.definition?.name ?? `Run ${run.shortId}`) : 'Run'
  useCrumbs({ word: 'Runs', to: '/runs' }, { word: run ? `${name} · ${run.shortId}` : 'Run' })
  if (!run) {
    return (
      <Page title="Run">{query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={6} />}</Page>
    )
  }
  return (
    <Page title={name} note={<StatusWord {...run} />} isWide>
      <Stale since={query.staleSince} />
      <LedgerLine ledger={run.progress.ledger} />
    </Page>
  )
}
