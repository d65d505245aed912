import type { ScorerKind } from '@/api/generated/graphql'

/** What a scorer does, in words. */
export const SCORER_KIND: Record<ScorerKind, string> = {
  EXACT: 'the same, letter by letter',
  NORMALIZED: 'the same but for case and spaces',
  INCLUDES: 'stands in the answer',
  REGEX: 'pattern found',
  NUMERIC: 'number near',
  JSON_SCHEMA: 'fits a JSON schema',
  MULTIPLE_CHOICE: 'chooses what is expected',
  RUBRIC: 'a judge marks it',
  PAIRWISE: 'a judge compares models',
}

export const SCORER_KINDS = Object.keys(SCORER_KIND) as ScorerKind[]
