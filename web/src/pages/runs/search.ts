import { textIn } from '@/frame/searchParams'
import type { RunStatus } from '@/api/generated/graphql'
import { RUN_STATUSES } from '@/words/status'

/** What the list of runs shows, as its address says it. */
export type RunsSearch = {
  /** Statuses, separated by commas. */
  status?: string | undefined
  /** The id of a definition. */
  definition?: string | undefined
  /** The id of whoever started it. */
  by?: string | undefined
  text?: string | undefined
  /** `provider/model`. */
  model?: string | undefined
  /** Ids of columns that are left out, separated by commas. */
  hide?: string | undefined
}

export function runsSearch(search: Record<string, unknown>): RunsSearch {
  const status = statusesOf(textIn(search, 'status')).join(',')
  return {
    status: status || undefined,
    definition: textIn(search, 'definition'),
    by: textIn(search, 'by'),
    text: textIn(search, 'text'),
    model: textIn(search, 'model'),
    hide: textIn(search, 'hide'),
  }
}

/** The statuses in a text like `RUNNING,PAUSED`. */
export const statusesOf = (text: string | undefined): RunStatus[] =>
  RUN_STATUSES.filter((status) => text?.split(',').includes(status))
