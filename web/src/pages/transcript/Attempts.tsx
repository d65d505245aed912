import type { AttemptFieldsFragment, AttemptResult } from '@/api/generated/graphql'
import { LongText } from '@/ui/LongText'
import { Money } from '@/ui/Money'
import { Section } from '@/ui/Page'
import { Look } from '@/ui/StatusWord'
import { Clock } from '@/ui/Time'
import { span } from '@/words/format'
import type { StatusLook } from '@/words/status'

const RESULTS: Record<AttemptResult, StatusLook> = {
  SUCCEEDED: { word: 'Succeeded', shape: '✓', tone: 'ok' },
  FAILED: { word: 'Failed', shape: '✕', tone: 'failed' },
  RETRIED: { word: 'Failed, tried again', shape: '↻', tone: 'warning' },
  WAITED: { word: 'Asked to wait', shape: '‖', tone: 'waiting' },
  RELEASED: { word: 'Given back', shape: '↩', tone: 'neutral' },
  LOST: { word: 'Lost', shape: '?', tone: 'warning' },
  LATE: { word: 'Answered late', shape: '✓', tone: 'warning' },
}

/** Every try, with its error and the wait that followed. */
export function Attempts({ attempts }: { attempts: AttemptFieldsFragment[] }) {
  return (
    <Section title="Tries" note={String(attempts.length)}>
      <ol className="rounded-md border bg-surface">
        {attempts.map((attempt) => (
          <li key={attempt.id} className="flex flex-col gap-1 border-t px-3 py-2 text-sm first:border-t-0">
            <div className="figures flex flex-wrap items-baseline gap-x-4">
              <Look look={RESULTS[attempt.result]} />
              <Clock at={attempt.startedAt} />
              {attempt.latencyMs !== null && <span>{span(attempt.latencyMs)}</span>}
              {attempt.httpStatus !== null && <span className="text-quiet">HTTP {attempt.httpStatus}</span>}
              {attempt.retryAfterMs !== null && <span className="text-quiet">told to wait {span(attempt.retryAfterMs)}</span>}
              {attempt.costUsd !== null && <Money usd={attempt.costUsd} />}
            </div>
            {attempt.errorMessage && (
              <div>
                <span className="text-failed">{attempt.errorCategory?.replaceAll('_', ' ')}: </span>
                {attempt.errorMessage}
              </div>
            )}
            {attempt.errorBody && (
              <details>
                <summary className="w-fit text-quiet">What the provider sent</summary>
                <LongText text={attempt.errorBody} isCode />
              </details>
            )}
            {attempt.partialAnswer && (
              <details>
                <summary className="w-fit text-quiet">What had come of the answer</summary>
                <LongText text={attempt.partialAnswer} />
              </details>
            )}
          </li>
        ))}
      </ol>
    </Section>
  )
}
