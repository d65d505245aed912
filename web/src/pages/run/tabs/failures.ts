import type { ProbeRowFragment } from '@/api/generated/graphql'

export type FailureGroup = { runModel: ProbeRowFragment['runModel']; category: string; count: number; example: string }

/** Failed probes by model and category, the most frequent first. */
export function grouped(probes: readonly ProbeRowFragment[]): FailureGroup[] {
  const groups = new Map<string, FailureGroup>()
  for (const { runModel, errorCategory, errorMessage } of probes) {
    const category = errorCategory ?? 'unknown'
    const key = `${runModel.id} ${category}`
    const group = groups.get(key) ?? { runModel, category, count: 0, example: errorMessage ?? 'No message was kept.' }
    group.count += 1
    groups.set(key, group)
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}
