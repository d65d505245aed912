import { textIn, wordIn } from '@/frame/searchParams'
import type { AiCallStatus, ProbeOutcome, ProbeStatus } from '@/api/generated/graphql'
import { CALL_STATUS, OUTCOME, PROBE_STATUS } from '@/words/status'

export const RUN_TABS = ['results', 'findings', 'transcripts', 'failures', 'judge', 'report', 'events', 'configuration', 'related'] as const
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
  /** The failed probe that is looked at: its model, scenario and sample, as `probeName` writes them. */
  probe?: string | undefined
  /** Ids of columns that are left out, separated by commas. */
  hide?: string | undefined
  /** The revision of the report; left out: the latest. */
  revision?: string | undefined
  /** Calls of the judge of one status. */
  calls?: AiCallStatus | undefined
}

export const runSearch = (search: Record<string, unknown>): RunSearch => ({
  tab: wordIn(search, 'tab', RUN_TABS),
  model: textIn(search, 'model'),
  scenario: textIn(search, 'scenario'),
  decision: textIn(search, 'decision'),
  outcome: wordIn(search, 'outcome', Object.keys(OUTCOME) as ProbeOutcome[]),
  status: wordIn(search, 'status', Object.keys(PROBE_STATUS) as ProbeStatus[]),
  probe: textIn(search, 'probe'),
  hide: textIn(search, 'hide'),
  revision: textIn(search, 'revision'),
  calls: wordIn(search, 'calls', Object.keys(CALL_STATUS) as AiCallStatus[]),
})
