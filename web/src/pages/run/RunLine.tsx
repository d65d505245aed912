import { Link } from '@tanstack/react-router'

import type { RunHeadFragment } from '@/api/generated/graphql'
import { Hint } from '@/ui/Hint'
import { useNow } from '@/ui/now'
import { StatusWord } from '@/ui/StatusWord'
import { Clock, Duration, Time } from '@/ui/Time'
import { percent, usd, whole } from '@/words/format'
import { leftWord } from '@/words/waiting'

import { CostOfBudget } from './CostOfBudget'

const STOPPED = { REJECTED: 'a gate was rejected', DEADLINE: 'its deadline passed' } as const

/** Everything that matters of a run in one line; its numbers change in place. */
export function RunLine({ run }: { run: RunHeadFragment }) {
  const { ledger, costUsd } = run.progress
  const { budget, deadlineAt } = run.limits
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
      <Eta run={run} />
      {budget ? <CostOfBudget budget={budget} judgeUsd={run.judge?.costUsd ?? null} /> : <span>{usd(costUsd)}</span>}
      {!budget && run.judge?.costUsd != null && run.judge.costUsd > 0 && <span className="text-quiet">and {usd(run.judge.costUsd)} by its judge</span>}
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
      {!run.isFinished && deadlineAt && (
        <span className="text-quiet max-md:hidden">
          deadline <Time at={deadlineAt} />
        </span>
      )}
      <span className="text-quiet">
        started <Time at={run.createdAt} /> by {run.createdBy.name}
      </span>
    </div>
  )
}

/** When it will be over: a range, or why nobody can say. Nothing for a run that is over. */
function Eta({ run }: { run: RunHeadFragment }) {
  const now = useNow()
  if (run.isFinished || !run.eta) return null
  const { eta } = run
  const left = leftWord(eta, now)
  if (left === null) {
    return eta.unknownBecause && <Hint word="no end in sight" hint={eta.unknownBecause.message} className="text-warning" />
  }
  const basis = eta.basis === 'OBSERVED' ? 'As fast as probes ended lately, under the limits in force.' : 'Too few have ended to say: with answers of usual length, under the limits in force.'
  return (
    <>
      <Hint word={left} hint={basis} />
      {eta.expected && (
        <span className="text-quiet max-md:hidden">
          over at <Clock at={eta.expected} isTimeOnly />
        </span>
      )}
    </>
  )
}
