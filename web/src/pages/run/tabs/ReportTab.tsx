import { useQuery } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'

import { execute } from '@/api/execute'
import { RunReportsDocument } from '@/api/generated/graphql'
import { buttonClass } from '@/ui/Button'
import { ErrorNote } from '@/ui/ErrorNote'
import { Select } from '@/ui/Field'
import { Markdown } from '@/ui/Markdown'
import { Empty, Notice } from '@/ui/Notice'
import { Skeleton } from '@/ui/Skeleton'
import { Time } from '@/ui/Time'

import type { TabProps } from '../RunPage'

/** The document of a run that is over: to be read here, or taken away as Markdown or JSON. */
export function ReportTab({ run, search }: TabProps) {
  const navigate = useNavigate()
  const query = useQuery({
    queryKey: ['run', run.id, 'reports', run.completedAt, run.status],
    queryFn: ({ signal }) => execute(RunReportsDocument, { id: run.id }, signal),
    // Whoever asks for a report that is missing has it written.
    refetchInterval: ({ state }) => (run.isFinished && state.data?.run.reports.length === 0 ? 2_000 : false),
  })
  if (!query.data) return query.error ? <ErrorNote error={query.error} onRetry={query.refetch} /> : <Skeleton lines={8} />
  const reports = [...query.data.run.reports].sort((a, b) => b.revision - a.revision)
  const shown = reports.find(({ revision }) => String(revision) === search.revision) ?? reports[0]
  if (!shown) {
    return run.isFinished ? (
      <Skeleton lines={8} label="The report is being written" />
    ) : (
      <Empty title="No report yet">It is written when the run is over, however it ends.</Empty>
    )
  }
  return (
    <div className="flex flex-col gap-4">
      <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2 text-sm text-quiet">
          {reports.length > 1 && (
            <Select
              label="Revision"
              value={String(shown.revision)}
              options={reports.map(({ revision }, index) => ({ value: String(revision), label: index === 0 ? `${revision}, the latest` : String(revision) }))}
              onChange={(revision) =>
                void navigate({
                  to: '/runs/$runId',
                  params: { runId: run.id },
                  search: { tab: 'report', ...(revision !== String(reports[0]?.revision) && { revision }) },
                  replace: true,
                  resetScroll: false,
                })
              }
            />
          )}
          <span>
            {reports.length === 1 && 'revision 1, '}written <Time at={shown.createdAt} /> by Probity {shown.codeVersion}
          </span>
          <span className="font-mono text-xs max-sm:hidden" title={`SHA-256 of the JSON: ${shown.sha256}`}>
            {shown.sha256.slice(0, 12)}
          </span>
        </div>
        <div className="flex gap-2">
          <a href={shown.markdownUrl} download className={buttonClass()}>
            Markdown
          </a>
          <a href={shown.jsonUrl} download className={buttonClass()}>
            JSON
          </a>
        </div>
      </div>
      {!run.isFinished && (
        <Notice tone="waiting" title="The run goes on.">
          This is how it stood when it last ended; there is another revision when it ends again.
        </Notice>
      )}
      <article aria-label="Report" className="rounded-md border bg-surface px-4 py-5 sm:px-8">
        <Markdown text={shown.markdown} />
      </article>
    </div>
  )
}
