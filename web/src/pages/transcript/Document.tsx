import type { ReactNode } from 'react'

import type { ConversationFieldsFragment, TranscriptEnding, TurnFieldsFragment } from '@/api/generated/graphql'
import { LongText } from '@/ui/LongText'
import { Notice } from '@/ui/Notice'
import { counted, span } from '@/words/format'

import { markOf } from './mark'
import { readBy } from './Revisions'

const ENDINGS: Record<TranscriptEnding, string | null> = {
  ANSWERED: null,
  REFUSED: 'The model declined to answer.',
  CONTENT_FILTER: 'The provider’s filter stopped the answer.',
  TRUNCATED: 'The answer reached the token limit and stops there.',
  EMPTY: 'The answer holds no text.',
  BROKEN_OFF: 'The conversation broke off: a later turn failed for good. What was answered is kept.',
}

type Props = {
  transcript: ConversationFieldsFragment
  /** Beside another: who speaks stands above what was said. */
  isNarrow?: boolean
}

/** The conversation as a document: who speaks stands in the margin. */
export function Document({ transcript, isNarrow = false }: Props) {
  const { scenario, turns, decision, runModel } = transcript
  const ending = ENDINGS[transcript.ending]
  return (
    <article aria-label="Conversation" className="flex flex-col gap-5">
      {scenario.prompts.system && (
        <Part speaker="System" isNarrow={isNarrow}>
          <div className="text-quiet">
            <LongText text={scenario.prompts.system} />
          </div>
        </Part>
      )}
      {turns.map((turn) => (
        <Turn key={turn.id} turn={turn} model={runModel.modelId} decision={decision} isNarrow={isNarrow} />
      ))}
      {ending && <Notice tone={transcript.ending === 'BROKEN_OFF' ? 'failed' : 'warning'}>{ending}</Notice>}
    </article>
  )
}

type TurnProps = { turn: TurnFieldsFragment; model: string; decision: ConversationFieldsFragment['decision']; isNarrow: boolean }

function Turn({ turn, model, decision, isNarrow }: TurnProps) {
  const isRead = decision?.turnIndex === turn.turnIndex
  const mark = isRead ? markOf(turn.answer, decision.quote) : undefined
  return (
    <>
      <Part speaker={turn.turnIndex === 0 ? 'Question' : `Follow-up ${turn.turnIndex}`} isNarrow={isNarrow}>
        <LongText text={turn.prompt} />
      </Part>
      <Part speaker={model} note={span(turn.latencyMs)} isAnswer isNarrow={isNarrow}>
        {turn.reasoning && (
          <details className="mb-3 rounded-md border bg-sunken px-3 py-2">
            <summary className="text-sm text-quiet">Reasoning, {counted(wordsOf(turn.reasoning), 'word')}</summary>
            <div className="mt-2 text-quiet">
              <LongText text={turn.reasoning} />
            </div>
          </details>
        )}
        {turn.answer ? (
          <LongText text={turn.answer} marked={mark} markTitle={decision ? `${decision.value ?? ''}, read by ${decision.reader} ${decision.readerVersion}` : undefined} />
        ) : (
          <span className="text-quiet">No text.</span>
        )}
        {mark && decision && (
          <p className="mt-2 text-sm text-quiet">
            Decision <b className="font-semibold text-ink">{decision.value}</b>, read from the marked words by {readBy(decision)}
            {decision.rule && `, rule “${decision.rule}”`}
          </p>
        )}
        {turn.isTextAltered && <p className="mt-2 text-sm text-warning">Parts that no text can hold stand as �; the raw reply has them.</p>}
        {turn.omitted.length > 0 && (
          <p className="mt-2 text-sm text-quiet">Not sent, because the model does not take it: {turn.omitted.join(', ')}.</p>
        )}
      </Part>
    </>
  )
}

type PartProps = { speaker: string; note?: string; isAnswer?: boolean; isNarrow: boolean; children: ReactNode }

function Part({ speaker, note, isAnswer = false, isNarrow, children }: PartProps) {
  return (
    <section className={`grid gap-x-5 gap-y-1 ${isNarrow ? '' : 'sm:grid-cols-[8rem_minmax(0,1fr)]'}`}>
      <div className={`min-w-0 ${isNarrow ? '' : 'sm:text-right'}`}>
        <h2 className={`text-sm [overflow-wrap:anywhere] ${isAnswer ? 'font-semibold' : 'font-medium text-quiet'}`}>{speaker}</h2>
        {note && <div className="figures text-xs text-quiet">{note}</div>}
      </div>
      <div className={`max-w-[75ch] min-w-0 ${isAnswer ? 'border-l-2 border-accent/50 pl-4' : isNarrow ? '' : 'sm:pl-[18px]'}`}>{children}</div>
    </section>
  )
}

const wordsOf = (text: string) => text.split(/\s+/).filter(Boolean).length
