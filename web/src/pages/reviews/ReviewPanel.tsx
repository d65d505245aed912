import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'

import { execute } from '@/api/execute'
import { DecideReviewDocument, ReviewTranscriptDocument, type DecisionChoicesFragment, type ReviewRowFragment } from '@/api/generated/graphql'
import { useCommand } from '@/api/useCommand'
import { Button } from '@/ui/Button'
import { DecisionField, UNREADABLE } from '@/ui/DecisionField'
import { ErrorNote } from '@/ui/ErrorNote'
import { LongText } from '@/ui/LongText'
import { Skeleton } from '@/ui/Skeleton'
import { TextField } from '@/ui/TextField'
import { toast } from '@/ui/toasts'

type Props = {
  review: ReviewRowFragment
  runId: string
  /** What can be decided; undefined: the run has no definition any more. */
  spec: DecisionChoicesFragment | undefined
  blocked: string | null
  onDecided: () => void
}

/** A line of the list: the answer, what the judge made of it, and the person's word on it. */
export function ReviewPanel({ review, runId, spec, blocked, onDecided }: Props) {
  const [value, setValue] = useState<string | null>(review.value)
  const [reason, setReason] = useState('')
  const transcript = useQuery({
    queryKey: ['reviews', runId, 'transcript', review.transcript.id],
    queryFn: ({ signal }) => execute(ReviewTranscriptDocument, { id: review.transcript.id }, signal),
    staleTime: Infinity,
  })
  const decide = useCommand(DecideReviewDocument, {
    invalidates: [['reviews', runId], ['run', runId], ['transcript', review.transcript.id], ['health']],
    onDone: () => {
      toast('Decided.')
      onDecided()
    },
  })
  const isTheJudges = value !== null && value === review.value
  const missing = value === null ? 'Choose what it decided.' : reason.trim() === '' ? 'Say why: whoever reads the findings wants to know.' : null
  const send = () => {
    if (blocked !== null || missing !== null || value === null) return
    const said = { reviewId: review.id, reason: reason.trim() }
    if (value === UNREADABLE) decide.run({ ...said, action: 'LEAVE_UNREADABLE' })
    else if (isTheJudges) decide.run({ ...said, action: 'APPROVE' })
    else decide.run({ ...said, action: 'SET', value })
  }
  return (
    <section aria-label="The line that is reviewed" className="flex min-w-0 flex-col gap-4 rounded-md border bg-surface p-4 md:sticky md:top-16 md:max-h-[calc(100dvh-6rem)] md:overflow-y-auto">
      <div className="flex flex-wrap items-baseline justify-between gap-2">
        <h2 className="font-semibold">What was answered</h2>
        <Link to="/transcripts/$transcriptId" params={{ transcriptId: review.transcript.id }} className="link text-sm">
          Whole transcript
        </Link>
      </div>
      {transcript.error && <ErrorNote error={transcript.error} onRetry={transcript.refetch} />}
      {transcript.isPending && <Skeleton lines={5} />}
      {transcript.data?.transcript.turns.map((turn) => (
        <div key={turn.id} className="flex flex-col gap-2">
          <details>
            <summary className="w-fit text-sm text-quiet">{turn.turnIndex === 0 ? 'Question' : `Follow-up ${turn.turnIndex}`}</summary>
            <div className="text-quiet">
              <LongText text={turn.prompt} />
            </div>
          </details>
          <div className="max-w-[75ch] border-l-2 border-accent/50 pl-4">
            <LongText text={turn.answer} />
          </div>
        </div>
      ))}
      <div className="rounded-md bg-sunken px-3 py-2 text-sm">
        <div>
          <span className="font-medium text-warning">
            <span aria-hidden>▲ </span>
            {review.category.replaceAll('_', ' ')}:{' '}
          </span>
          {review.message}
        </div>
        {review.call.answer !== null && (
          <details className="mt-1" open>
            <summary className="w-fit text-quiet">What {review.call.modelVersion ?? review.call.model} answered, word by word</summary>
            <LongText text={review.call.answer} isCode />
          </details>
        )}
      </div>
      {!spec ? (
        <p className="text-quiet">The run has no definition any more that says what can be decided.</p>
      ) : (
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault()
            send()
          }}
        >
          {review.value !== null && (
            <p className="text-sm text-quiet">
              Chosen below is <b className="font-semibold text-ink">{review.value}</b>, which can be read from the judge’s answer. It counts once you say so.
            </p>
          )}
          <DecisionField name={`review-${review.id}`} spec={spec} value={value} onChange={setValue} />
          <TextField label="Why" value={reason} onChange={setReason} hint="It stands beside the decision." />
          {decide.error && <ErrorNote error={decide.error} />}
          <div className="flex items-center gap-3">
            <Button kind="primary" onPress={send} isPending={decide.isPending} disabledReason={blocked ?? missing}>
              {value === UNREADABLE ? 'Leave unreadable' : isTheJudges ? `Approve ${review.value ?? ''}` : 'Decide'}
            </Button>
            {decide.retrying > 0 && (
              <span role="status" className="text-sm text-warning">
                No connection: sending it again (try {decide.retrying + 1}).
              </span>
            )}
          </div>
        </form>
      )}
    </section>
  )
}
