import type { DefinitionContentInput } from '@/api/generated/graphql'
import type { ProblemLine } from '@/ui/Problems'

import type { Draft } from './draft'

/** What is sent for a draft, and what cannot be sent as it was typed. */
export type Sent = { content: DefinitionContentInput; problems: ProblemLine[] }

/** Turns what stands in the form into what the server takes. */
export function contentOf(draft: Draft): Sent {
  const problems: ProblemLine[] = []
  const number = (typed: string, path: string, isWhole: boolean): number | null => {
    const trimmed = typed.trim()
    if (trimmed === '') return null
    const value = Number(trimmed)
    if (Number.isFinite(value) && (!isWhole || Number.isInteger(value))) return value
    problems.push({
      code: 'NOT_A_NUMBER',
      path,
      message: `“${trimmed}” is not a ${isWhole ? 'whole ' : ''}number.`,
      fix: isWhole ? 'Write digits alone, e.g. 3.' : 'Write it with a point, e.g. 1.5.',
    })
    return null
  }
  const optional = (typed: string) => (typed === '' ? null : typed)
  // Whole: a field that the form does not know would be lost when somebody else's definition is saved.
  const content: Required<DefinitionContentInput> = {
    name: draft.name,
    description: optional(draft.description),
    tags: draft.tags,
    preamble: optional(draft.preamble),
    template: draft.template,
    dimensions: draft.dimensions.map(({ name, description, levels }, dimension) => ({
      name,
      description: optional(description),
      levels: levels.map(({ score, label, wordings, target }, level) => ({
        score: number(score, `dimensions[${dimension}].levels[${level}].score`, false),
        label,
        wordings,
        target: optional(target),
      })),
    })),
    scenarios: draft.scenarios.map(({ key, body, system, target, fields }) => ({ key, body, system, target: optional(target), fields })),
    followUps: draft.followUps.map(({ text }) => text),
    rules: draft.rules.map(({ text }) => text),
    decision: decisionOf(draft, number),
    maxTurns: number(draft.maxTurns, 'maxTurns', true),
    requires: {
      contextTokens: number(draft.contextTokens, 'requires.contextTokens', true),
      systemPrompt: draft.systemPrompt,
      structuredOutput: draft.structuredOutput,
    },
    scorers: draft.scorers.map(({ name, kind, of, expected, pattern, schema, tolerance, isRelative, ignoreCase, criteria, scale }, index) => ({
      name,
      kind,
      of,
      expected,
      pattern: optional(pattern),
      schema: optional(schema),
      tolerance: number(tolerance, `scorers[${index}].tolerance`, false),
      isRelative,
      ignoreCase,
      criteria: optional(criteria),
      scale,
    })),
    values: draft.values,
  }
  return { content, problems }
}

function decisionOf(
  draft: Draft,
  number: (typed: string, path: string, isWhole: boolean) => number | null,
): DefinitionContentInput['decision'] {
  switch (draft.decisionKind) {
    case 'scale':
      return {
        scale: draft.points.map(({ value, label }, index) => ({
          // A point without number is refused by its place; 0 would be another point.
          value: number(value === '' ? '?' : value, `decision.scale[${index}].value`, true) ?? index,
          label,
        })),
      }
    case 'choices':
      return {
        choices: draft.choices.map(({ name, label, aliases, score }, index) => ({
          name,
          label: label === '' ? null : label,
          aliases: aliases.split(',').map((alias) => alias.trim()).filter(Boolean),
          score: number(score, `decision.choices[${index}].score`, false),
        })),
      }
    case 'freeText':
      return { freeText: true }
  }
}
