import { Link } from '@tanstack/react-router'
import { useLayoutEffect, useRef } from 'react'

import type { RunHeadFragment } from '@/api/generated/graphql'
import { whole } from '@/words/format'

import { RUN_TABS, type RunTab } from './search'

const WORDS: Record<RunTab, string> = {
  results: 'Results',
  findings: 'Findings',
  transcripts: 'Transcripts',
  failures: 'Failures',
  judge: 'Judge',
  report: 'Report',
  events: 'Events',
  configuration: 'Configuration',
  related: 'Related runs',
}

/** The parts of a run's page; each has an address. */
export function Tabs({ run, current }: { run: RunHeadFragment; current: RunTab }) {
  const { ledger } = run.progress
  const counts: Partial<Record<RunTab, number>> = { transcripts: ledger.succeeded, failures: ledger.failed, ...(run.judge && { judge: run.judge.callCount }) }
  // A run without a judge has no calls of one.
  const shown = RUN_TABS.filter((tab) => tab !== 'judge' || run.judge !== null || tab === current)
  const strip = useRef<HTMLElement>(null)
  // On a narrow screen the strip is wider than the page: the part that is open is in sight.
  useLayoutEffect(() => {
    const link = strip.current?.querySelector<HTMLElement>('[aria-current=page]')
    if (link && strip.current) strip.current.scrollLeft = link.offsetLeft - (strip.current.clientWidth - link.clientWidth) / 2
  }, [current])
  return (
    <nav ref={strip} aria-label="Parts of this run" className="relative -mb-1 overflow-x-auto border-b">
      <ul className="flex gap-1">
        {shown.map((tab) => (
          <li key={tab}>
            <Link
              // What a run found has an address that one can say.
              to={tab === 'findings' ? '/runs/$runId/findings' : '/runs/$runId'}
              params={{ runId: run.id }}
              search={tab === 'results' || tab === 'findings' ? {} : { tab }}
              resetScroll={false}
              aria-current={tab === current ? 'page' : undefined}
              className={`flex h-9 items-center gap-1.5 whitespace-nowrap border-b-2 px-2.5 text-sm font-medium ${
                tab === current ? 'border-accent text-ink' : 'border-transparent text-quiet hover:text-ink'
              }`}
            >
              {WORDS[tab]}
              {counts[tab] !== undefined && <span className="figures text-xs font-normal text-quiet">{whole(counts[tab])}</span>}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  )
}
