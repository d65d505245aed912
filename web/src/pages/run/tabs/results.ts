import type { LedgerFieldsFragment, RunFindingsQuery } from '@/api/generated/graphql'
import { writeSearch } from '@/frame/searchParams'

import type { RunSearch } from '../search'

export type Findings = RunFindingsQuery['run']['findings']
export type Decision = NonNullable<RunFindingsQuery['run']['definitionVersion']>['content']['decision'] | undefined

/** Where the transcripts behind a number are. */
export const hrefOfTranscripts = (runId: string, search: RunSearch) => `/runs/${runId}${writeSearch({ tab: 'transcripts', ...search })}`

const KEYS = [
  'planned', 'queued', 'running', 'succeeded', 'failed', 'cancelled', 'decided',
  'reading', 'unreadable', 'refused', 'contentFilter', 'truncated', 'empty', 'ended',
] as const

/** The ledgers of several models as one; each line adds up. */
export const totalOf = (ledgers: readonly LedgerFieldsFragment[]): LedgerFieldsFragment =>
  Object.fromEntries(KEYS.map((key) => [key, ledgers.reduce((sum, ledger) => sum + ledger[key], 0)])) as LedgerFieldsFragment
