import type { TranscriptPageQuery } from '@/api/generated/graphql'
import { Section } from '@/ui/Page'
import { Clock } from '@/ui/Time'
import { usd } from '@/words/format'

type Decision = TranscriptPageQuery['transcript']['decisions'][number]

/** Who read a decision: a person, a judge, or the reader with its version. */
export const readBy = ({ decidedBy, reader, readerVersion, aiCall }: Decision) => {
  if (reader === 'judge') {
    const judge = `the judge ${aiCall ? (aiCall.modelVersion ?? aiCall.model) : ''}`.trim()
    return decidedBy ? `${judge}, approved by ${decidedBy.name}` : judge
  }
  return decidedBy ? decidedBy.name : `the ${reader} reader, version ${readerVersion}`
}

/** Everything that a transcript was read as, latest first: by whom, when and why. */
export function Revisions({ decisions }: { decisions: Decision[] }) {
  if (decisions.length < 2) return null
  return (
    <Section title="Readings" note={`${decisions.length}; the last one in force counts`}>
      <ol aria-label="Readings" className="rounded-md border bg-surface">
        {[...decisions].reverse().map((decision) => (
          <li key={decision.id} className="grid gap-x-4 gap-y-0.5 border-t px-3 py-2 text-sm first:border-t-0 sm:grid-cols-[6rem_minmax(0,1fr)_auto]">
            <span className={decision.isInForce ? 'font-semibold' : 'text-quiet line-through'}>{decision.value ?? 'unreadable'}</span>
            <span className="min-w-0 [overflow-wrap:anywhere]">
              by {readBy(decision)}
              {decision.isInForce && <span className="text-ok"> · in force</span>}
              {decision.reason && <span className="text-quiet"> · {decision.reason}</span>}
              {decision.aiCall?.costUsd != null && <span className="figures text-quiet"> · {usd(decision.aiCall.costUsd)}</span>}
            </span>
            <span className="text-quiet">
              <Clock at={decision.createdAt} />
            </span>
          </li>
        ))}
      </ol>
    </Section>
  )
}
