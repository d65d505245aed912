import type { DecisionChoicesFragment } from '@/api/generated/graphql'

/** What a decision can be: an entry per point or choice; null: any words. */
export function decisionOptions(spec: DecisionChoicesFragment): { value: string; label: string }[] | null {
  const named = (value: string, label: string | null) => ({ value, label: label === null || label === value ? value : `${value} · ${label}` })
  if (spec.scale) return spec.scale.map(({ value, label }) => named(String(value), label))
  if (spec.choices) return spec.choices.map(({ name, label }) => named(name, label))
  return null
}
