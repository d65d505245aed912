import { textIn, wordIn } from '@/frame/searchParams'
import type { ProbeOutcome, ProbeStatus } from '@/api/generated/graphql'
import { OUTCOME, PROBE_STATUS } from '@/words/status'

export const RUN_TABS = ['results', 'findings', 'transcripts', 'failures', 'events', 'configuration', 'related'] as const
export type RunTab = (typeof RUN_TABS)[number]

/** What the page of a run shows, as its address says it. */
export type RunSearch = {
  /** Left out: the results. */
  tab?: RunTab | undefined
  /** The id of a model of the run. */
  model?: string | undefined
  /** The id of a scenario. */
  scenario?: string | undefined
  outcome?: ProbeOutcome | undefined
  /** What was decided. */
  decision?: string | undefined
  status?: ProbeStatus | undefined
}

export const runSearch = (search: Record<string, unknown>): RunSearch => ({
  tab: wordIn(search, 'tab', RUN_TABS),
  model: textIn(search, 'model'),
  scenario: textIn(search, 'scenario'),
  decision: textIn(search, 'decision'),
  outcome: wordIn(search, 'outcome', Object.keys(OUTCOME) as ProbeOutcome[]),
  status: wordIn(search, 'status', Object.keys(PROBE_STATUS) as ProbeStatus[]),
})
