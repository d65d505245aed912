import type { ProbeOutcome } from '@/api/generated/graphql'
import { textIn, wordIn } from '@/frame/searchParams'
import { OUTCOME } from '@/words/status'

/** Among which transcripts of its run one is read: what previous and next mean. */
export type TranscriptSearch = {
  model?: string | undefined
  scenario?: string | undefined
  outcome?: ProbeOutcome | undefined
  decision?: string | undefined
  /** The raw requests and replies are shown. */
  raw?: 'yes' | undefined
}

export const transcriptSearch = (search: Record<string, unknown>): TranscriptSearch => ({
  model: textIn(search, 'model'),
  scenario: textIn(search, 'scenario'),
  outcome: wordIn(search, 'outcome', Object.keys(OUTCOME) as ProbeOutcome[]),
  decision: textIn(search, 'decision'),
  raw: wordIn(search, 'raw', ['yes'] as const),
})
