import type { ContentFieldsFragment, ListedFieldsFragment, ScoredText, ScorerKind } from '@/api/generated/graphql'

// What stands in the fields of the form. Numbers are texts here: what somebody is typing need not
// be a number yet. `id`s hold a row's place while rows come and go; they are never sent.

export type LevelDraft = { id: number; score: string; label: string; wordings: string[]; target: string }
export type DimensionDraft = { id: number; name: string; description: string; levels: LevelDraft[] }
export type PointDraft = { id: number; value: string; label: string }
export type ChoiceDraft = { id: number; name: string; label: string; aliases: string; score: string }
export type ListedDraft = { id: number; key: string; body: string; system: string | null; target: string; fields: { name: string; value: unknown }[] }
export type ScorerDraft = {
  id: number
  name: string
  kind: ScorerKind
  of: ScoredText
  /** Null: the scenario's target; an empty text is another thing. */
  expected: string | null
  pattern: string
  schema: string
  tolerance: string
  isRelative: boolean
  ignoreCase: boolean
  criteria: string
  /** Kept as it is: points are written in the definition's file. */
  scale: { value: number; label: string }[]
}
export type DecisionKind = 'scale' | 'choices' | 'freeText'

export type Draft = {
  name: string
  description: string
  tags: string[]
  preamble: string
  template: string
  dimensions: DimensionDraft[]
  scenarios: ListedDraft[]
  followUps: { id: number; text: string }[]
  rules: { id: number; text: string }[]
  decisionKind: DecisionKind
  points: PointDraft[]
  choices: ChoiceDraft[]
  maxTurns: string
  contextTokens: string
  systemPrompt: boolean
  structuredOutput: boolean
  scorers: ScorerDraft[]
  /** Kept as they are: values are written in the definition's file. */
  values: { name: string; aliases: string[] }[]
}

/** What of a draft changes; a function is given the draft as it is then. */
export type Change = Partial<Draft> | ((draft: Draft) => Partial<Draft>)

let lastId = 0
export const freshId = () => (lastId += 1)

export const emptyLevel = (): LevelDraft => ({ id: freshId(), score: '', label: '', wordings: [''], target: '' })
export const emptyDimension = (name = ''): DimensionDraft => ({ id: freshId(), name, description: '', levels: [emptyLevel()] })

const LABELS = ['Definitely not', 'Probably not', 'Undecided', 'Probably', 'Definitely']
const fivePoints = (): PointDraft[] => LABELS.map((label, index) => ({ id: freshId(), value: String(index + 1), label }))

/** What a new definition begins with: a question that is answered on a scale. */
export const newDraft = (): Draft => ({
  name: '',
  description: '',
  tags: [],
  preamble: '',
  template:
    'Describe the situation here, with a placeholder like [situation] for what varies.\n\nAnswer on this scale:\n[scale]\n\nGive your reasons in two or three sentences. Then end with a line of its own, in this form and with your number in place of N:\nDecision: N\n',
  dimensions: [],
  scenarios: [],
  followUps: [],
  rules: [],
  decisionKind: 'scale',
  points: fivePoints(),
  choices: [],
  maxTurns: '',
  contextTokens: '',
  systemPrompt: false,
  structuredOutput: false,
  scorers: [],
  values: [],
})

const text = (value: number | null | undefined) => (value == null ? '' : String(value))

/** A saved or previewed content as the form shows it. `listed`: all of its listed scenarios. */
export function draftOf(content: ContentFieldsFragment, listed: readonly ListedFieldsFragment[]): Draft {
  const { decision, requires } = content
  return {
    name: content.name,
    description: content.description ?? '',
    tags: content.tags,
    preamble: content.preamble ?? '',
    template: content.template,
    dimensions: content.dimensions.map(({ name, description, levels }) => ({
      id: freshId(),
      name,
      description: description ?? '',
      levels: levels.map(({ score, label, wordings, target }) => ({
        id: freshId(),
        score: text(score),
        label,
        wordings,
        target: target ?? '',
      })),
    })),
    scenarios: listed.map(({ key, body, system, target, fields }) => ({
      id: freshId(),
      key,
      body,
      system: system ?? null,
      target: target ?? '',
      fields,
    })),
    followUps: content.followUps.map((followUp) => ({ id: freshId(), text: followUp })),
    rules: content.rules.map((rule) => ({ id: freshId(), text: rule })),
    decisionKind: decision.scale ? 'scale' : decision.choices ? 'choices' : 'freeText',
    points: decision.scale?.map(({ value, label }) => ({ id: freshId(), value: String(value), label })) ?? fivePoints(),
    choices:
      decision.choices?.map(({ name, label, aliases, score }) => ({
        id: freshId(),
        name,
        label: label ?? '',
        aliases: aliases.join(', '),
        score: text(score),
      })) ?? [],
    maxTurns: text(content.maxTurns),
    contextTokens: text(requires.contextTokens),
    systemPrompt: requires.systemPrompt,
    structuredOutput: requires.structuredOutput,
    scorers: content.scorers.map(({ expected, pattern, schema, tolerance, criteria, scale, ...scorer }) => ({
      ...scorer,
      id: freshId(),
      expected: expected ?? null,
      pattern: pattern ?? '',
      schema: schema ?? '',
      tolerance: text(tolerance),
      criteria: criteria ?? '',
      scale: scale.map(({ value, label }) => ({ value, label })),
    })),
    values: content.values.map(({ name, aliases }) => ({ name, aliases })),
  }
}
