import { Link } from '@tanstack/react-router'

import { HomeDocument } from '@/api/generated/graphql'
import { usePolled } from '@/api/usePolled'
import { useCrumbs } from '@/frame/crumbs'
import { StartLink } from '@/pages/newrun/StartLink'
import { NoRuns } from '@/pages/runs/NoRuns'
import { RUN_COLUMNS } from '@/pages/runs/runColumns'
import { ErrorNote } from '@/ui/ErrorNote'
import { Page, Section } from '@/ui/Page'
import { Stale } from '@/ui/Stale'
import { Table } from '@/ui/table/Table'
import { counted } from '@/words/format'

import { NeedsMe } from './NeedsMe'

/** New runs of others come to light this often. */
const IDLE_MS = 10_000

/** What runs now, what needs me, what was run lately. */
export function HomePage() {
  useCrumbs({ word: 'Home' })
  const home = usePolled({
    queryKey: ['runs', 'home'],
    document: HomeDocument,
    variables: {},
    pollAfterMs: ({ active }) => Math.min(IDLE_MS, ...active.nodes.map((run) => run.progress.pollAfterMs ?? IDLE_MS)),
  })
  const active = home.data?.active
  const recent = home.data?.recent.nodes.filter((run) => run.isFinished || !active?.nodes.some(({ id }) => id === run.id))
  return (
    <Page title="Home" actions={<StartLink />}>
      <Stale since={home.staleSince} />
      {home.error && <ErrorNote error={home.error} onRetry={home.refetch} />}
      <NeedsMe failed={home.data?.failed.nodes} />
      {active && active.nodes.length > 0 && (
        <Section title="Running now" note={counted(active.totalCount, 'run')}>
          <Table
            label="Runs under way"
            columns={RUN_COLUMNS}
            rows={active.nodes}
            rowId={(run) => run.id}
            hrefOf={(run) => `/runs/${run.id}`}
            empty={null}
          />
        </Section>
      )}
      {!(home.error && !home.data) && (
        <Section
          title="Recent runs"
          actions={
            <Link to="/runs" className="link text-sm">
              All runs
            </Link>
          }
        >
          <Table
            label="Recent runs"
            columns={RUN_COLUMNS}
            rows={recent}
            rowId={(run) => run.id}
            hrefOf={(run) => `/runs/${run.id}`}
            empty={<NoRuns isFiltered={false} />}
          />
        </Section>
      )}
    </Page>
  )
}
