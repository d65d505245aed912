import type { CompareInput, ComparableRunFragment } from '@/api/generated/graphql'

import type { CompareSearch } from './search'

/** The number that is compared, as the address says it; undefined: what is usual. */
export function measureOf(text: string | undefined): CompareInput['measure'] {
  const [kind, ...rest] = (text ?? '').split(':')
  const name = rest.join(':')
  if (kind === 'score') return { kind: 'SCORE' }
  if (kind === 'choice' && name) return { kind: 'CHOICE', name }
  if (kind === 'scorer' && name) return { kind: 'SCORER', name }
  return undefined
}

/** What may be compared of a definition, as the address says it. */
export function measuresOf(run: ComparableRunFragment | undefined): { value: string; label: string }[] {
  const content = run?.definitionVersion?.content
  if (!content) return []
  const { scale, choices } = content.decision
  const points = scale?.map(({ value, label }) => ({ value: String(value), label })) ?? choices?.map(({ name, label }) => ({ value: name, label })) ?? []
  return [
    ...(scale || choices?.some(({ score }) => score !== null) ? [{ value: 'score', label: 'Score of the decision' }] : []),
    ...points.map(({ value, label }) => ({ value: `choice:${value}`, label: `Rate of ${label ? `${value} (${label})` : value}` })),
    ...content.scorers.map(({ name }) => ({ value: `scorer:${name}`, label: `Scorer ${name}` })),
  ]
}

/** The comparison that an address asks for; null: a side is missing. */
export function inputOf(search: CompareSearch): CompareInput | null {
  const { baseline, candidate, baselineModel, candidateModel, adjustment } = search
  if (!baseline || !candidate) return null
  const measure = measureOf(search.measure)
  return {
    baseline: { runId: baseline, ...(baselineModel && { runModelId: baselineModel }) },
    candidate: { runId: candidate, ...(candidateModel && { runModelId: candidateModel }) },
    ...(measure && { measure }),
    ...(adjustment && { adjustment }),
  }
}

/** p as it is printed; what has no test has none. */
export const pWords = (p: number | null | undefined): string => (p == null ? 'no test' : p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`)
