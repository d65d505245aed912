import type { RunStatus } from '@/api/generated/graphql'
import { RUN_STATUS, type StatusLook } from '@/words/status'

import { TONE_TEXT } from './tone'

/** A status: shape and word in its hue. */
export function Look({ look, note }: { look: StatusLook; note?: string | undefined }) {
  return (
    <span className={`inline-flex items-baseline gap-1.5 whitespace-nowrap font-medium ${TONE_TEXT[look.tone]}`}>
      <span aria-hidden className="inline-block w-3 text-center text-xs">
        {look.shape}
      </span>
      {look.word}
      {note && <span className="font-normal text-quiet">{note}</span>}
    </span>
  )
}

type Props = { status: RunStatus; pausedFrom?: RunStatus | null; isFinished?: boolean }

/** Where a run stands. */
export function StatusWord({ status, pausedFrom, isFinished = true }: Props) {
  const note = pausedFrom
    ? `was ${RUN_STATUS[pausedFrom].word.toLowerCase()}`
    : status === 'CANCELLED' && !isFinished
      ? 'calls in flight finish'
      : undefined
  return <Look look={RUN_STATUS[status]} note={note} />
}
