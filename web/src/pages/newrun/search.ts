import { textIn } from '@/frame/searchParams'

/** What a run is started from, as the address says it: all that was filled in. */
export type NewRunSearch = {
  /** The id of the definition. */
  definition?: string | undefined
  /** The number of its version; left out: the latest. */
  version?: string | undefined
  /** Models, as `writeModels` writes them. */
  models?: string | undefined
  /** The share of the scenarios, in per cent. */
  sample?: string | undefined
  seed?: string | undefined
  repeats?: string | undefined
  maxTokens?: string | undefined
  temperature?: string | undefined
  effort?: string | undefined
  budget?: string | undefined
  /** The model that reads what the reader cannot, as `writeModels` writes one. */
  judge?: string | undefined
  /** The most calls of the judge. */
  judgeCalls?: string | undefined
}

const NAMES = [
  'definition', 'version', 'models', 'sample', 'seed', 'repeats', 'maxTokens', 'temperature', 'effort', 'budget', 'judge', 'judgeCalls',
] as const

export const newRunSearch = (search: Record<string, unknown>): NewRunSearch =>
  Object.fromEntries(NAMES.map((name) => [name, textIn(search, name)]))
