import { Link } from '@tanstack/react-router'

import type { JudgeFieldsFragment, RunHeadFragment } from '@/api/generated/graphql'
import { buttonClass } from '@/ui/Button'
import { Hint } from '@/ui/Hint'
import { counted, usd, whole } from '@/words/format'
import { fullModelName } from '@/words/model'

type Props = { run: RunHeadFragment; judge: JudgeFieldsFragment }

/** How far the judge is. What it could not read waits for a person without holding the run. */
export function JudgeLine({ run, judge }: Props) {
  const toReview = judge.openReviewCount
  return (
    <section
      aria-label="Judge"
      className={`figures flex flex-wrap items-center gap-x-5 gap-y-1 rounded-md border px-3 py-2 text-sm ${
        toReview > 0 ? 'border-warning/40 bg-warning-soft' : 'bg-surface'
      }`}
    >
      <span>
        Judge <b className="font-semibold">{fullModelName(judge)}</b>
      </span>
      <Link to="/runs/$runId" params={{ runId: run.id }} search={{ tab: 'judge' }} resetScroll={false} className="hover:underline">
        {counted(judge.callCount, 'call')}
        {judge.costUsd !== null && <span className="text-quiet"> · {usd(judge.costUsd)}</span>}
      </Link>
      {judge.pendingCount > 0 && (
        <span>
          {whole(judge.pendingCount)} to be read
          {judge.waitingBecause && (
            <span className="text-warning">
              {' · '}
              <Hint word="waits" hint={judge.waitingBecause} />
            </span>
          )}
        </span>
      )}
      {judge.stoppedAt && <span className="text-warning">stopped: {judge.stopMessage}</span>}
      {toReview > 0 && (
        <span className="text-warning">
          <span aria-hidden>◇ </span>
          {counted(toReview, 'answer')} it could not read; the run is not held up
        </span>
      )}
      {toReview > 0 && (
        <Link to="/runs/$runId/reviews" params={{ runId: run.id }} className={`${buttonClass('plain', 'small')} ml-auto`}>
          Review {counted(toReview, 'answer')}
        </Link>
      )}
    </section>
  )
}
