import type { TranscriptPageQuery } from '@/api/generated/graphql'
import { Fact } from '@/ui/Field'
import { Money } from '@/ui/Money'
import { Look } from '@/ui/StatusWord'
import { Clock } from '@/ui/Time'
import { fixed, span, whole } from '@/words/format'
import { OUTCOME } from '@/words/status'

import { readBy } from './Revisions'

/** What is known about a conversation beside its text. */
export function Facts({ transcript }: { transcript: TranscriptPageQuery['transcript'] }) {
  const { decision, outcome, scenario } = transcript
  const scores = transcript.scores.filter(({ isInForce }) => isInForce)
  const tokens = (count: number | null) => (count === null ? 'not counted' : whole(count))
  return (
    <dl className="figures flex flex-col gap-3 rounded-md border bg-surface p-4 text-sm">
      <Fact name="Decision">
        <span className="text-lg font-semibold">{decision?.value ?? '–'}</span>
        {decision?.score != null && String(decision.score) !== decision.value && <span className="text-quiet"> score {fixed(decision.score)}</span>}
        {decision?.reason && <div className="text-quiet">{decision.reason}</div>}
        {decision && <div className="text-quiet">by {readBy(decision)}</div>}
      </Fact>
      <Fact name="Outcome">
        {outcome ? <Look look={OUTCOME[outcome]} /> : <Look look={{ word: 'Broken off', shape: '✕', tone: 'failed' }} />}
      </Fact>
      {scores.length > 0 && (
        <Fact name="Scores">
          <ul aria-label="Scores">
            {scores.map(({ id, scorer, value, reason }) => (
              <li key={id} title={reason ?? undefined}>
                <span aria-hidden className={`mr-1.5 text-xs ${value >= 1 ? 'text-ok' : value > 0 ? 'text-warning' : 'text-failed'}`}>
                  {value >= 1 ? '✓' : value > 0 ? '▲' : '✕'}
                </span>
                {scorer} <b className="font-semibold">{value === 0 || value === 1 ? value : fixed(value)}</b>
                {reason && <div className="text-quiet">{reason}</div>}
              </li>
            ))}
          </ul>
        </Fact>
      )}
      {scenario.target !== null && <Fact name="Right answer">{scenario.target}</Fact>}
      {scenario.levels.map(({ dimension, label, score }) => (
        <Fact key={dimension} name={dimension}>
          {label}
          {score !== null && <span className="text-quiet"> ({score})</span>}
        </Fact>
      ))}
      <Fact name="Model version">
        {transcript.modelVersion ?? <span title={transcript.modelVersionUnknownBecause ?? undefined}>unknown</span>}
      </Fact>
      <Fact name="Sample">{transcript.probe.sampleIndex + 1}</Fact>
      <Fact name="Tokens in and out">
        {tokens(transcript.inputTokens)} + {tokens(transcript.outputTokens)}
      </Fact>
      <Fact name="Cost">
        <Money usd={transcript.costUsd} />
      </Fact>
      <Fact name="Waited for the provider">{span(transcript.latencyMs)}</Fact>
      <Fact name="Words">{whole(transcript.wordCount)}</Fact>
      <Fact name="Tries">{transcript.attempts.length}</Fact>
      <Fact name="Answered">
        <Clock at={transcript.completedAt} />
      </Fact>
    </dl>
  )
}
