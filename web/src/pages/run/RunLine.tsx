import { Link } from '@tanstack/react-router'

import type { RunHeadFragment } from '@/api/generated/graphql'
import { StatusWord } from '@/ui/StatusWord'
import { Duration, Time } from '@/ui/Time'
import { percent, usd, whole } from '@/words/format'

const STOPPED = { REJECTED: 'a gate was rejected', DEADLINE: 'its deadline passed' } as const

/** Everything that matters of a run in one line; its numbers change in place. */
export function RunLine({ run }: { run: RunHeadFragment }) {
  const { ledger, costUsd } = run.progress
  const budget = run.limits.budget
  return (
    <div className="figures flex flex-wrap items-baseline gap-x-5 gap-y-1 border-y py-2.5">
      <span role="status">
        <StatusWord {...run} />
        {run.stopReason && <span className="text-quiet"> because {STOPPED[run.stopReason]}</span>}
      </span>
      <span>
        <b className="font-semibold">
          {whole(ledger.ended)} / {whole(ledger.planned)}
        </b>{' '}
        · {percent(ledger.ended, ledger.planned)} %
      </span>
      {ledger.failed > 0 && (
        <Link to="/runs/$runId" params={{ runId: run.id }} search={{ tab: 'failures' }} className="text-failed hover:underline">
          <span aria-hidden className="text-xs">
            ✕{' '}
          </span>
          {whole(ledger.failed)} failed
        </Link>
      )}
      {ledger.cancelled > 0 && <span className="text-quiet">{whole(ledger.cancelled)} cancelled</span>}
      <span>
        {usd(costUsd)}
        {budget && <span className="text-quiet"> of {usd(budget.limitUsd)}</span>}
        {budget && budget.reservedUsd > 0 && <span className="text-quiet"> · {usd(budget.reservedUsd)} reserved</span>}
      </span>
      <span className="text-quiet">
        {run.startedAt ? (
          <>
            {run.completedAt ? 'took ' : 'running for '}
            <Duration from={run.startedAt} to={run.completedAt} />
          </>
        ) : (
          'not started yet'
        )}
      </span>
      <span className="text-quiet">
        started <Time at={run.createdAt} /> by {run.createdBy.name}
      </span>
    </div>
  )
}
