import type { CreateRunInput, ReasoningEffort } from '@/api/generated/graphql'

import { readModels } from './models'
import type { NewRunSearch } from './search'

export const EFFORTS: ReasoningEffort[] = ['NONE', 'MINIMAL', 'LOW', 'MEDIUM', 'HIGH']

/** What of the form is no number, by the name of its field. */
export type FieldProblems = Partial<Record<keyof NewRunSearch, string>>

export type Asked = {
  /** Null: there is nothing to be planned yet. */
  input: CreateRunInput | null
  problems: FieldProblems
}

type Bounds = { min: number; max: number; isWhole?: boolean; isAbove?: boolean }

/** Turns what the address holds into what the server takes. */
export function requestOf(search: NewRunSearch): Asked {
  const problems: FieldProblems = {}
  const number = (name: keyof NewRunSearch, { min, max, isWhole = false, isAbove = false }: Bounds): number | null => {
    const typed = search[name]?.trim() ?? ''
    if (typed === '') return null
    const value = Number(typed)
    const fits = Number.isFinite(value) && (isAbove ? value > min : value >= min) && value <= max && (!isWhole || Number.isInteger(value))
    if (fits) return value
    const range = max === INT_MAX ? `${isAbove ? 'above' : 'from'} ${min}` : `${isAbove ? 'above' : 'from'} ${min} to ${max}`
    problems[name] = `A ${isWhole ? 'whole ' : ''}number ${range}.`
    return null
  }
  const models = readModels(search.models)
  const optional = {
    version: number('version', { min: 1, max: INT_MAX, isWhole: true }),
    sampleSeed: number('seed', { min: 0, max: INT_MAX, isWhole: true }),
    maxTokens: number('maxTokens', { min: 1, max: INT_MAX, isWhole: true }),
    temperature: number('temperature', { min: 0, max: 2 }),
    budgetUsd: number('budget', { min: 0, max: INT_MAX, isAbove: true }),
  }
  const judge = readModels(search.judge)[0]
  const maxCalls = number('judgeCalls', { min: 1, max: INT_MAX, isWhole: true })
  const samplePercentage = number('sample', { min: 0, max: 100, isAbove: true }) ?? 100
  const samplesPerScenario = number('repeats', { min: 1, max: 1_000, isWhole: true }) ?? 1
  const reasoningEffort = EFFORTS.find((effort) => effort === search.effort)
  if (!search.definition || models.length === 0 || Object.keys(problems).length > 0) return { input: null, problems }
  return {
    input: {
      definitionId: search.definition,
      models: models.map(({ providerId, modelId, version }) => ({ provider: providerId, model: modelId, version })),
      samplePercentage,
      samplesPerScenario,
      ...optional,
      ...(reasoningEffort && { reasoningEffort }),
      ...(judge && { judge: { provider: judge.providerId, model: judge.modelId, version: judge.version, maxCalls } }),
    },
    problems,
  }
}

const INT_MAX = 2_147_483_647
