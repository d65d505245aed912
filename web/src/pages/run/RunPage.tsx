import { CatchBoundary, getRouteApi } from '@tanstack/react-router'
import { lazy, Suspense, type ComponentType } from 'react'

import { RunPageDocument, type RunHeadFragment } from '@/api/generated/graphql'
import { usePolled } from '@/api/usePolled'
import { useCrumbs } from '@/frame/crumbs'
import { patient } from '@/patient'
import { ErrorNote } from '@/ui/ErrorNote'
import { Page } from '@/ui/Page'
import { Skeleton } from '@/ui/Skeleton'
import { Stale } from '@/ui/Stale'

import { Controls } from './Controls'
import { Gates } from './Gates'
import { JudgeLine } from './JudgeLine'
import { ModelBars } from './ModelBars'
import { RunLine } from './RunLine'
import type { RunSearch, RunTab } from './search'
import { Tabs } from './Tabs'

const route = getRouteApi('/runs/$runId')
const findingsRoute = getRouteApi('/runs/$runId/findings')

/** How often a judge that is at work is asked after. */
const JUDGE_MS = 3_000

export type TabProps = { run: RunHeadFragment; search: RunSearch }

// Each tab is loaded when it is first opened.
const TABS: Record<RunTab, ComponentType<TabProps>> = {
  findings: lazy(() => patient(() => import('./findings/FindingsTab')).then((file) => ({ default: file.FindingsTab }))),
  results: lazy(() => patient(() => import('./tabs/ResultsTab')).then((file) => ({ default: file.ResultsTab }))),
  transcripts: lazy(() => patient(() => import('./tabs/TranscriptsTab')).then((file) => ({ default: file.TranscriptsTab }))),
  failures: lazy(() => patient(() => import('./tabs/FailuresTab')).then((file) => ({ default: file.FailuresTab }))),
  judge: lazy(() => patient(() => import('./tabs/JudgeTab')).then((file) => ({ default: file.JudgeTab }))),
  report: lazy(() => patient(() => import('./tabs/ReportTab')).then((file) => ({ default: file.ReportTab }))),
  events: lazy(() => patient(() => import('./tabs/EventsTab')).then((file) => ({ default: file.EventsTab }))),
  configuration: lazy(() => patient(() => import('./tabs/ConfigurationTab')).then((file) => ({ default: file.ConfigurationTab }))),
  related: lazy(() => patient(() => import('./tabs/RelatedTab')).then((file) => ({ default: file.RelatedTab }))),
}

/** One run, from its status to its transcripts. */
export function RunPage() {
  const { runId } = route.useParams()
  return <Run runId={runId} search={route.useSearch()} />
}

/** The same page where it says what the run found. */
export function RunFindingsPage() {
  const { runId } = findingsRoute.useParams()
  const search = findingsRoute.useSearch()
  return <Run runId={runId} search={{ ...search, tab: 'findings' }} />
}

function Run({ runId, search }: { runId: string; search: RunSearch }) {
  const query = usePolled({
    queryKey: ['run', runId, 'head'],
    document: RunPageDocument,
    variables: { id: runId },
    // A run is over without waiting for its judge, which goes on to change what is known of it.
    pollAfterMs: ({ run }) => run.progress.pollAfterMs ?? (run.judge && run.judge.pendingCount > 0 ? JUDGE_MS : null),
  })
  const run = query.data?.run
  const name = run ? (run.definition?.name ?? `Run ${run.shortId}`) : 'Run'
  useCrumbs({ word: 'Runs', to: '/runs' }, { word: run ? `${name} · ${run.shortId}` : 'Run' })
  if (!run) {
    return (
      <Page title="Run">{query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={6} />}</Page>
    )
  }
  const tab = search.tab ?? 'results'
  const Tab = TABS[tab]
  return (
    <Page title={name} note={<RunSubtitle run={run} />} actions={<Controls run={run} isStale={query.staleSince !== null} />}>
      <Stale since={query.staleSince} />
      {query.error && <ErrorNote error={query.error} onRetry={query.refetch} />}
      <RunLine run={run} />
      <Gates run={run} />
      <ModelBars run={run} />
      {run.judge && <JudgeLine run={run} judge={run.judge} />}
      <Tabs run={run} current={tab} />
      {/* A fault in one part leaves the rest of the page to steer the run by. */}
      <CatchBoundary getResetKey={() => tab} errorComponent={({ error, reset }) => <ErrorNote error={error} onRetry={reset} />}>
        <Suspense fallback={<Skeleton lines={5} />}>
          <Tab run={run} search={search} />
        </Suspense>
      </CatchBoundary>
    </Page>
  )
}

function RunSubtitle({ run }: { run: RunHeadFragment }) {
  return (
    <span className="text-sm">
      {run.definitionVersion && `version ${run.definitionVersion.number} · `}
      <span className="font-mono text-xs">{run.shortId}</span>
      {run.runType === 'TEST' && ' · test run'}
    </span>
  )
}
