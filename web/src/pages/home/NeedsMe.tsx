import { Link } from '@tanstack/react-router'

import type { RunRowFragment } from '@/api/generated/graphql'
import { useHealth } from '@/frame/useHealth'
import { Notice } from '@/ui/Notice'
import { useNow } from '@/ui/now'
import { Section } from '@/ui/Page'
import { counted } from '@/words/format'

/** Failures older than this are history. */
const FRESH_MS = 3 * 86_400_000

/** What waits for a person: gates, a system that is not well, runs that failed lately. */
export function NeedsMe({ failed }: { failed: RunRowFragment[] | undefined }) {
  const { findings, data } = useHealth()
  const since = useNow().getTime() - FRESH_MS
  const fresh = (failed ?? []).filter((run) => new Date(run.completedAt ?? run.createdAt).getTime() > since)
  if (!data && findings.length === 0) return null
  return (
    <Section title="Needs you">
      {findings.length + fresh.length === 0 && <p className="text-quiet">Nothing. Workers are online and no run waits for a person.</p>}
      <div className="flex flex-col gap-2">
        {findings.map((finding) => (
          <Notice
            key={finding.key}
            tone={finding.tone}
            title={finding.text}
            actions={
              finding.to && (
                <Link to={finding.to} className="link">
                  Open
                </Link>
              )
            }
          >
            <span className="text-quiet">{finding.advice}</span>
          </Notice>
        ))}
        {fresh.map((run) => (
          <Notice
            key={run.id}
            tone={run.status === 'FAILED' ? 'failed' : 'warning'}
            title={`${run.definition?.name ?? `Run ${run.shortId}`}: ${counted(run.progress.ledger.failed, 'probe')} failed`}
            actions={
              <Link to="/runs/$runId" params={{ runId: run.id }} search={{ tab: 'failures' }} className="link">
                See why
              </Link>
            }
          >
            <span className="text-quiet">of {counted(run.progress.ledger.planned, 'probe')}</span>
          </Notice>
        ))}
      </div>
    </Section>
  )
}
