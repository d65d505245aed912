import { textIn, wordIn } from '@/frame/searchParams'

export const CHANGES = ['IMPROVED', 'REGRESSED', 'EQUAL', 'UNPAIRED'] as const

/** What is compared, as the address says it. */
export type CompareSearch = {
  /** The id of the run to measure against. */
  baseline?: string | undefined
  /** Left out: models of the baseline's run are compared. */
  candidate?: string | undefined
  /** The ids of a model of each run. */
  baselineModel?: string | undefined
  candidateModel?: string | undefined
  /** `score`, `choice:NAME`, `scorer:NAME`; left out: what the definition decides. */
  measure?: string | undefined
  adjustment?: 'BH' | undefined
  /** The pair whose scenarios are shown: the ids of its models, with a dot between. */
  pair?: string | undefined
  change?: (typeof CHANGES)[number] | undefined
  /** The scenario whose transcripts are read side by side. */
  scenario?: string | undefined
}

export const compareSearch = (search: Record<string, unknown>): CompareSearch => ({
  baseline: textIn(search, 'baseline'),
  candidate: textIn(search, 'candidate'),
  baselineModel: textIn(search, 'baselineModel'),
  candidateModel: textIn(search, 'candidateModel'),
  measure: textIn(search, 'measure'),
  adjustment: wordIn(search, 'adjustment', ['BH'] as const),
  pair: textIn(search, 'pair'),
  change: wordIn(search, 'change', CHANGES),
  scenario: textIn(search, 'scenario'),
})
